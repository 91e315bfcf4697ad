#include "common/merkle/note_key.h"

#include <array>
#include <cstdio>
#include <utility>

#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"
#include "common/merkle/text.h"

namespace chuanyu::merkle {
namespace {

using crypto::KeyAlg;

absl::Status BadKey(std::string_view why) {
  return MakeError(Reason::BAD_REQUEST, {.detail = "note key: " + std::string(why)});
}

// What stands before the public key, in the key id and in the text form.
std::string TypePrefix(SignatureType type) {
  switch (type) {
    case SignatureType::kEd25519:
      return "\x01";
    case SignatureType::kCosignature:
      return "\x04";
    case SignatureType::kSm2:
      return std::string("\xff").append(kSm2Identifier);
    case SignatureType::kSm2Cosignature:
      return std::string("\xff").append(kSm2CosignatureIdentifier);
  }
  return "";
}

constexpr std::array kAllTypes = {SignatureType::kEd25519, SignatureType::kCosignature, SignatureType::kSm2,
                                  SignatureType::kSm2Cosignature};

std::string HexId(uint32_t key_id) {
  char text[9];
  std::snprintf(text, sizeof(text), "%08x", key_id);
  return text;
}

}  // namespace

KeyAlg KeyAlgOf(SignatureType type) {
  return type == SignatureType::kEd25519 || type == SignatureType::kCosignature ? KeyAlg::kEd25519
                                                                                : KeyAlg::kSm2;
}

bool IsCosignature(SignatureType type) {
  return type == SignatureType::kCosignature || type == SignatureType::kSm2Cosignature;
}

uint32_t KeyId(std::string_view name, SignatureType type, std::string_view public_bytes) {
  const crypto::Digest digest =
      crypto::Hash(crypto::HashAlg::kSha256, {name, "\n", TypePrefix(type), public_bytes});
  return static_cast<uint32_t>(digest[0]) << 24 | static_cast<uint32_t>(digest[1]) << 16 |
         static_cast<uint32_t>(digest[2]) << 8 | static_cast<uint32_t>(digest[3]);
}

VerifierKey::VerifierKey(std::string_view name, SignatureType type,
                         std::shared_ptr<const crypto::Verifier> verifier)
    : name_(name),
      type_(type),
      key_id_(KeyId(name, type, verifier->public_bytes())),
      verifier_(std::move(verifier)) {}

absl::StatusOr<VerifierKey> VerifierKey::Create(std::string_view name, SignatureType type,
                                                std::shared_ptr<const crypto::Verifier> verifier) {
  if (!IsKeyName(name)) return BadKey("the name is empty or has a space, a plus sign or a control character");
  if (verifier == nullptr || verifier->alg() != KeyAlgOf(type)) return BadKey("algorithm and type differ");
  return VerifierKey(name, type, std::move(verifier));
}

absl::StatusOr<VerifierKey> VerifierKey::Parse(std::string_view text) {
  // The base64 part may hold plus signs, the name may not.
  const size_t first = text.find('+');
  const size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return BadKey("not of the form name+id+key");
  const std::string_view name = text.substr(0, first);
  const auto key = Base64Decode(text.substr(second + 1));
  if (!key) return BadKey("not base64");
  for (const SignatureType type : kAllTypes) {
    const std::string prefix = TypePrefix(type);
    if (!key->starts_with(prefix)) continue;
    absl::StatusOr<std::unique_ptr<crypto::Verifier>> verifier =
        crypto::MakeVerifier(KeyAlgOf(type), std::string_view(*key).substr(prefix.size()));
    if (!verifier.ok()) return BadKey("the public key is malformed");
    CHUANYU_ASSIGN_OR_RETURN(VerifierKey made, Create(name, type, std::move(verifier).value()));
    if (text.substr(first + 1, second - first - 1) != HexId(made.key_id_))
      return BadKey("the id is of another key");
    return made;
  }
  return BadKey("unknown signature type");
}

std::string VerifierKey::Format() const {
  return name_ + "+" + HexId(key_id_) + "+" + Base64Encode(TypePrefix(type_) + verifier_->public_bytes());
}

NoteSigner::NoteSigner(VerifierKey key, std::shared_ptr<const crypto::Signer> signer)
    : key_(std::move(key)), signer_(std::move(signer)) {}

absl::StatusOr<NoteSigner> NoteSigner::Create(std::string_view name, SignatureType type,
                                              std::shared_ptr<const crypto::Signer> signer) {
  if (signer == nullptr) return BadKey("no signer");
  CHUANYU_ASSIGN_OR_RETURN(VerifierKey key, VerifierKey::Create(name, type, signer->verifier()));
  return NoteSigner(std::move(key), std::move(signer));
}

}  // namespace chuanyu::merkle
