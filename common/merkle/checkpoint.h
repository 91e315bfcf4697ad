// Checkpoints: the signed size and root of a log (c2sp.org/tlog-checkpoint@v1.0.0), without extension lines.
// Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/merkle/note.h"
#include "common/merkle/tree.h"

namespace chuanyu::merkle {

// What a log commits to. `origin` names the log, e.g. "cq.chuanyu/node1", and equals its keys' name.
struct Checkpoint {
  std::string origin;
  TreeHead head;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The three lines that are signed: origin, size, base64 of the root.
std::string FormatCheckpointBody(const Checkpoint& checkpoint);
// BAD_REQUEST unless `text` is exactly what FormatCheckpointBody writes. Extension lines are refused: the
// SM2 cosignature does not cover them.
absl::StatusOr<Checkpoint> ParseCheckpointBody(std::string_view text);

// One signature line of the log, by a key of type kEd25519 or kSm2. A node makes its lines one by one, beside
// the sync of its segment, and joins them with AssembleCheckpoint.
absl::StatusOr<NoteSignature> SignCheckpointLine(const NoteSigner& signer, const Checkpoint& checkpoint);
std::string AssembleCheckpoint(const Checkpoint& checkpoint, std::vector<NoteSignature> signatures);

// Both steps at once. BAD_REQUEST without a signer, or when a signer's name is not the origin.
absl::StatusOr<std::string> SignCheckpoint(absl::Span<const NoteSigner> signers,
                                           const Checkpoint& checkpoint);

// Adds a line, such as the peer's cosignature, to a checkpoint note. BAD_REQUEST when either is malformed.
absl::StatusOr<std::string> AddSignature(std::string_view note, const NoteSignature& signature);

struct OpenedCheckpoint {
  Checkpoint checkpoint;
  std::vector<VerifiedSignature> signatures;
};

// SIG_INVALID when the keys did not sign as `verifier` wants or the checkpoint is of another log than
// `origin`; BAD_REQUEST when it is malformed.
absl::StatusOr<OpenedCheckpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                                const NoteVerifier& verifier);

}  // namespace chuanyu::merkle
