// Proof files (c2sp.org/tlog-proof@v1): that a record is in a log, checkable offline against keys one already
// trusts. Customary file extension: .tlog-proof. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/merkle/checkpoint.h"
#include "common/merkle/tree.h"

namespace chuanyu::merkle {

struct LogProof {
  // Opaque and not authenticated by anything: nothing that matters goes in here.
  std::optional<std::string> extra;
  uint64_t index = 0;           // of the record
  std::vector<Digest> path;     // the sibling of the leaf first
  std::string checkpoint_note;  // verbatim, with every signature line
};

std::string FormatProof(const LogProof& proof);
// BAD_REQUEST unless `text` is of the form FormatProof writes. The checkpoint is not looked at yet.
absl::StatusOr<LogProof> ParseProof(std::string_view text);

// The checkpoint that the record is proved under. SIG_INVALID as OpenCheckpoint; PROOF_INVALID when the path
// does not lead from the leaf to its root; BAD_REQUEST when the checkpoint is malformed.
absl::StatusOr<OpenedCheckpoint> VerifyProof(const LogProof& proof, HashAlg alg, const Digest& leaf_hash,
                                             std::string_view origin, const NoteVerifier& verifier);

}  // namespace chuanyu::merkle
