// The node's signatures under a checkpoint, made line by line so that two threads can share the work.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/signer.h"
#include "common/merkle/checkpoint.h"
#include "common/merkle/note.h"

namespace chuanyu::exchange {

// Whether this node signed a checkpoint: with all of its current keys, or with one that it retired.
// Thread-safe.
class OwnKeys {
 public:
  OwnKeys(std::string origin, std::vector<merkle::VerifierKey> current,
          std::vector<merkle::VerifierKey> retired);
  bool SignedNow(std::string_view note) const;
  bool SignedEver(std::string_view note) const;

 private:
  std::string origin_;
  merkle::NoteVerifier current_;
  merkle::NoteVerifier retired_;
};

// One Ed25519 and one SM2 signer at most, at least one; CONFIG_INVALID otherwise.
absl::StatusOr<std::vector<merkle::NoteSigner>> MakeCheckpointSigners(
    const std::string& origin, const std::vector<std::shared_ptr<const crypto::Signer>>& signers);

std::vector<merkle::VerifierKey> KeysOf(const std::vector<merkle::NoteSigner>& signers);

// One checkpoint being signed. Any number of threads may call Work; each line is signed once.
class CheckpointSigning {
 public:
  // `signers` must outlive it.
  CheckpointSigning(const std::vector<merkle::NoteSigner>& signers, merkle::Checkpoint checkpoint);

  // Signs lines that nobody has begun, the slowest first, until none is left.
  void Work();
  // After every Work has returned, at least one having been called: the signed note.
  absl::StatusOr<std::string> Note() &&;

 private:
  const std::vector<merkle::NoteSigner>& signers_;
  merkle::Checkpoint checkpoint_;
  std::vector<absl::StatusOr<merkle::NoteSignature>> lines_;
  std::atomic<size_t> begun_ = 0;
};

}  // namespace chuanyu::exchange
