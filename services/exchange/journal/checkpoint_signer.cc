#include "services/exchange/journal/checkpoint_signer.h"

#include <algorithm>
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

absl::StatusOr<std::vector<merkle::NoteSigner>> MakeCheckpointSigners(
    const std::string& origin, const std::vector<std::shared_ptr<const crypto::Signer>>& signers) {
  if (signers.empty()) return MakeError(Reason::CONFIG_INVALID, {.detail = "the journal has no signing key"});
  std::vector<merkle::NoteSigner> note_signers;
  for (const auto& signer : signers) {
    const bool sm2 = signer->alg() == crypto::KeyAlg::kSm2;
    const auto type = sm2 ? merkle::SignatureType::kSm2 : merkle::SignatureType::kEd25519;
    auto note_signer = merkle::NoteSigner::Create(origin, type, signer);
    if (!note_signer.ok()) {
      return MakeError(Reason::CONFIG_INVALID, {.detail = "the log origin is not a key name: " + origin});
    }
    note_signers.push_back(*std::move(note_signer));
  }
  const auto by_type = [](const merkle::NoteSigner& a, const merkle::NoteSigner& b) {
    return a.key().type() < b.key().type();
  };
  std::sort(note_signers.begin(), note_signers.end(), by_type);  // Ed25519 first in the note
  for (size_t i = 1; i < note_signers.size(); ++i) {
    if (note_signers[i - 1].key().type() != note_signers[i].key().type()) continue;
    return MakeError(Reason::CONFIG_INVALID, {.detail = "two signing keys of one kind for one log"});
  }
  return note_signers;
}

std::vector<merkle::VerifierKey> KeysOf(const std::vector<merkle::NoteSigner>& signers) {
  std::vector<merkle::VerifierKey> keys;
  keys.reserve(signers.size());
  for (const merkle::NoteSigner& signer : signers) keys.push_back(signer.key());
  return keys;
}

CheckpointSigning::CheckpointSigning(const std::vector<merkle::NoteSigner>& signers,
                                     merkle::Checkpoint checkpoint)
    : signers_(signers),
      checkpoint_(std::move(checkpoint)),
      lines_(signers.size(), absl::InternalError("not signed")) {}

void CheckpointSigning::Work() {
  for (size_t begun = begun_++; begun < lines_.size(); begun = begun_++) {
    const size_t line = lines_.size() - 1 - begun;  // SM2 takes 14 times as long as Ed25519
    lines_[line] = merkle::SignCheckpointLine(signers_[line], checkpoint_);
  }
}

absl::StatusOr<std::string> CheckpointSigning::Note() && {
  std::vector<merkle::NoteSignature> signatures;
  signatures.reserve(lines_.size());
  for (absl::StatusOr<merkle::NoteSignature>& line : lines_) {
    CHUANYU_ASSIGN_OR_RETURN(merkle::NoteSignature signature, std::move(line));
    signatures.push_back(std::move(signature));
  }
  return merkle::AssembleCheckpoint(checkpoint_, std::move(signatures));
}

}  // namespace chuanyu::exchange
