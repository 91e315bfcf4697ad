// Signs checkpoints on a thread of its own, so that the signature is made while the segment is synced.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/crypto/signer.h"
#include "common/merkle/checkpoint.h"

namespace chuanyu::exchange {

// Whether this node signed a checkpoint: with all of its current keys, or with one that it retired.
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

// One caller at a time: Start, then Wait.
class CheckpointSigner {
 public:
  // One Ed25519 and one SM2 signer at most, at least one; CONFIG_INVALID otherwise.
  static absl::StatusOr<std::unique_ptr<CheckpointSigner>> Create(
      const std::string& origin, const std::vector<std::shared_ptr<const crypto::Signer>>& signers);
  ~CheckpointSigner();

  void Start(merkle::Checkpoint checkpoint) ABSL_LOCKS_EXCLUDED(mu_);
  // The signed note of the checkpoint given to Start.
  absl::StatusOr<std::string> Wait() ABSL_LOCKS_EXCLUDED(mu_);

  std::vector<merkle::VerifierKey> keys() const;

 private:
  explicit CheckpointSigner(std::vector<merkle::NoteSigner> signers);
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

  const std::vector<merkle::NoteSigner> signers_;
  Mutex mu_;
  CondVar changed_;
  std::optional<merkle::Checkpoint> work_ ABSL_GUARDED_BY(mu_);
  std::optional<absl::StatusOr<std::string>> result_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace chuanyu::exchange
