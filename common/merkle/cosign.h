// Cosignatures: the peer's statement, at a time, that a checkpoint extends everything it saw of that log.
// Ed25519 as in c2sp.org/tlog-cosignature@v1 (type 0x04), and the same promise under SM2 in the binary form
// that also binds the cosigner's name and the range of leaves. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/merkle/checkpoint.h"
#include "common/merkle/note.h"

namespace chuanyu::merkle {

// "cosignature/v1", the time line, then the checkpoint body.
std::string Ed25519CosignedMessage(uint64_t seconds, std::string_view checkpoint_body);

// What an SM2 cosigner signs: label "chuanyu/sm2-cosignature/v1\n\0", cosigner name and log origin each after
// one length byte, and in between and after them, big-endian in 8 bytes: time; first leaf, end of the leaves;
// then the root. The structure is cosigned_message of c2sp.org/tlog-cosignature under a label of ours.
struct Sm2CosignedRange {
  std::string_view cosigner;
  uint64_t seconds = 0;
  std::string_view origin;
  uint64_t start = 0;  // 0 for a checkpoint
  uint64_t end = 0;    // the size, for a checkpoint
  Digest root = {};
};
// BAD_REQUEST when a name is empty or longer than 255 bytes.
absl::StatusOr<std::string> Sm2CosignedMessage(const Sm2CosignedRange& range);

// The message that `key`, of a cosignature type, signs for the note text at that time. BAD_REQUEST when the
// text is not a checkpoint.
absl::StatusOr<std::string> CosignedMessage(const VerifierKey& key, std::string_view text, uint64_t seconds);

// The cosignature line. Call only after the leaf hashes are held durably: that is what a cosignature of this
// system promises. BAD_REQUEST unless the key is of a cosignature type and `now` is after 1970.
absl::StatusOr<NoteSignature> CosignCheckpoint(const NoteSigner& cosigner, const Checkpoint& checkpoint,
                                               absl::Time now);

// The time of the cosignature. SIG_INVALID unless `line` is by `key` over `checkpoint`.
absl::StatusOr<absl::Time> VerifyCosignature(const VerifierKey& key, const Checkpoint& checkpoint,
                                             const NoteSignature& line);

}  // namespace chuanyu::merkle
