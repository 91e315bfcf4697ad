#include "services/exchange/node/keys.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::exchange {
namespace {

absl::StatusOr<std::shared_ptr<const crypto::Signer>> Load(const std::string& path, crypto::KeyAlg alg) {
  CHUANYU_ASSIGN_OR_RETURN(std::unique_ptr<crypto::Signer> signer, crypto::LoadSigner(path));
  if (signer->alg() != alg)
    return MakeError(Reason::CONFIG_INVALID, {.detail = path + " is a key of another kind"});
  return std::shared_ptr<const crypto::Signer>(std::move(signer));
}

}  // namespace

absl::StatusOr<NodeKeys> LoadNodeKeys(const NodeConfig& config) {
  NodeKeys keys;
  CHUANYU_ASSIGN_OR_RETURN(auto ed25519, Load(config.ed25519_key, crypto::KeyAlg::kEd25519));
  CHUANYU_ASSIGN_OR_RETURN(auto sm2, Load(config.sm2_key, crypto::KeyAlg::kSm2));
  CHUANYU_ASSIGN_OR_RETURN(
      merkle::NoteSigner first,
      merkle::NoteSigner::Create(config.origin(), merkle::SignatureType::kCosignature, ed25519));
  CHUANYU_ASSIGN_OR_RETURN(
      merkle::NoteSigner second,
      merkle::NoteSigner::Create(config.origin(), merkle::SignatureType::kSm2Cosignature, sm2));
  keys.signers = {std::move(ed25519), std::move(sm2)};
  keys.cosigners = {std::move(first), std::move(second)};
  return keys;
}

absl::StatusOr<std::string> TrustLines(const NodeConfig& config, const NodeKeys& keys) {
  std::string lines;
  for (const auto& signer : keys.signers) {
    const auto type =
        signer->alg() == crypto::KeyAlg::kSm2 ? merkle::SignatureType::kSm2 : merkle::SignatureType::kEd25519;
    CHUANYU_ASSIGN_OR_RETURN(const merkle::VerifierKey key,
                             merkle::VerifierKey::Create(config.origin(), type, signer->verifier()));
    lines += key.Format() + "\n";
  }
  for (const merkle::NoteSigner& cosigner : keys.cosigners) lines += cosigner.key().Format() + "\n";
  return lines;
}

}  // namespace chuanyu::exchange
