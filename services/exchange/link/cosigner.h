// Cosignatures between two nodes: making ours over a peer's checkpoint, checking the peer's over ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/merkle/checkpoint.h"
#include "common/merkle/note_key.h"

namespace chuanyu::exchange {

// Immutable; thread-safe.
class Cosigner {
 public:
  explicit Cosigner(std::vector<merkle::NoteSigner> signers) : signers_(std::move(signers)) {}
  // One line a key, each "\n"-ended. Only for checkpoints whose leaf hashes are durable here.
  absl::StatusOr<std::string> Cosign(const merkle::Checkpoint& checkpoint, absl::Time now) const;

 private:
  std::vector<merkle::NoteSigner> signers_;
};

// SIG_INVALID unless every key of `keys` has a valid line over `checkpoint`.
absl::Status VerifyCosignatures(std::string_view lines, const merkle::Checkpoint& checkpoint,
                                const std::vector<merkle::VerifierKey>& keys);

}  // namespace chuanyu::exchange
