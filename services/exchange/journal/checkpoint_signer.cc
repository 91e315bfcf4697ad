#include "services/exchange/journal/checkpoint_signer.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::exchange {

OwnKeys::OwnKeys(std::string origin, std::vector<merkle::VerifierKey> current,
                 std::vector<merkle::VerifierKey> retired)
    : origin_(std::move(origin)), current_(std::move(current)), retired_({}, std::move(retired)) {}

bool OwnKeys::SignedNow(std::string_view note) const {
  return merkle::OpenCheckpoint(note, origin_, current_).ok();
}

bool OwnKeys::SignedEver(std::string_view note) const {
  return SignedNow(note) || merkle::OpenCheckpoint(note, origin_, retired_).ok();
}

absl::StatusOr<std::unique_ptr<CheckpointSigner>> CheckpointSigner::Create(
    const std::string& origin, const std::vector<std::shared_ptr<const crypto::Signer>>& signers) {
  if (signers.empty()) return MakeError(Reason::CONFIG_INVALID, {.detail = "the journal has no signing key"});
  std::vector<merkle::NoteSigner> note_signers;
  for (const auto& signer : signers) {
    const bool sm2 = signer->alg() == crypto::KeyAlg::kSm2;
    const auto type = sm2 ? merkle::SignatureType::kSm2 : merkle::SignatureType::kEd25519;
    for (const merkle::NoteSigner& other : note_signers) {
      if (other.key().type() == type) {
        return MakeError(Reason::CONFIG_INVALID, {.detail = "two signing keys of one kind for one log"});
      }
    }
    auto note_signer = merkle::NoteSigner::Create(origin, type, signer);
    if (!note_signer.ok()) {
      return MakeError(Reason::CONFIG_INVALID, {.detail = "the log origin is not a key name: " + origin});
    }
    note_signers.push_back(*std::move(note_signer));
  }
  return std::unique_ptr<CheckpointSigner>(new CheckpointSigner(std::move(note_signers)));
}

CheckpointSigner::CheckpointSigner(std::vector<merkle::NoteSigner> signers)
    : signers_(std::move(signers)), thread_([this] { Run(); }) {}

std::vector<merkle::VerifierKey> CheckpointSigner::keys() const {
  std::vector<merkle::VerifierKey> keys;
  keys.reserve(signers_.size());
  for (const merkle::NoteSigner& signer : signers_) keys.push_back(signer.key());
  return keys;
}

CheckpointSigner::~CheckpointSigner() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

void CheckpointSigner::Start(merkle::Checkpoint checkpoint) {
  MutexLock lock(mu_);
  result_.reset();
  work_ = std::move(checkpoint);
  changed_.NotifyAll();
}

absl::StatusOr<std::string> CheckpointSigner::Wait() {
  MutexLock lock(mu_);
  while (!result_.has_value()) changed_.Wait(mu_);
  return *std::exchange(result_, std::nullopt);
}

void CheckpointSigner::Run() {
  while (true) {
    merkle::Checkpoint checkpoint;
    {
      MutexLock lock(mu_);
      while (!stopping_ && !work_.has_value()) changed_.Wait(mu_);
      if (!work_.has_value()) return;
      checkpoint = *std::exchange(work_, std::nullopt);
    }
    absl::StatusOr<std::string> note = merkle::SignCheckpoint(signers_, checkpoint);
    MutexLock lock(mu_);
    result_ = std::move(note);
    changed_.NotifyAll();
  }
}

}  // namespace chuanyu::exchange
