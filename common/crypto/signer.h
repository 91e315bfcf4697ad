// Ed25519 and SM2-with-SM3 signatures through OpenSSL EVP; SM2 ones are made by Botan (sm2_signing.h).
//
// SM2 always signs and verifies with the user id 1234567812345678 (GM/T 0009-2012), set explicitly, because
// OpenSSL 3.0 defaults to the empty id. SM2 signatures are DER SEQUENCE{r,s}; Ed25519 ones 64 raw bytes.
// Signer and Verifier are immutable after construction and may be used from several threads at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace chuanyu::crypto {

enum class KeyAlg { kEd25519, kSm2 };

class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual KeyAlg alg() const = 0;
  // SIG_INVALID unless `signature` is this key's over `message`.
  virtual absl::Status Verify(std::string_view message, std::string_view signature) const = 0;
  // Ed25519: the 32 raw key bytes. SM2: SubjectPublicKeyInfo in DER.
  virtual const std::string& public_bytes() const = 0;
};

class Signer {
 public:
  virtual ~Signer() = default;
  virtual KeyAlg alg() const = 0;
  virtual absl::StatusOr<std::string> Sign(std::string_view message) const = 0;
  virtual std::unique_ptr<Verifier> verifier() const = 0;
};

// Private keys are PEM (PKCS#8) files of mode 0600 or stricter; anything wider is CONFIG_INVALID.
absl::StatusOr<std::unique_ptr<Signer>> LoadSigner(const std::string& pem_path);
absl::StatusOr<std::unique_ptr<Signer>> GenerateSigner(KeyAlg alg);
absl::StatusOr<std::string> PrivateKeyPem(const Signer& signer);
// `bytes` as in Verifier::public_bytes().
absl::StatusOr<std::unique_ptr<Verifier>> MakeVerifier(KeyAlg alg, std::string_view bytes);

}  // namespace chuanyu::crypto
