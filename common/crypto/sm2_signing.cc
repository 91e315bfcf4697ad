#include "common/crypto/sm2_signing.h"

#include <botan/ec_group.h>
#include <botan/exceptn.h>
#include <botan/pubkey.h>
#include <botan/sm2.h>
#include <botan/system_rng.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>

#include <cstdint>
#include <vector>

#include "common/base/mutex.h"
#include "common/errors/error.h"

namespace chuanyu::crypto::internal {
namespace {

constexpr int kScalarBytes = 32;
constexpr char kCurve[] = "sm2p256v1";
using UniqueBignum = std::unique_ptr<BIGNUM, Freer<BN_clear_free>>;

// User id and hash, as Botan wants them.
std::string Parameters() { return std::string(kSm2UserId) + ",SM3"; }

absl::Status BotanError(std::string_view what, const Botan::Exception& error) {
  return MakeError(Reason::INTERNAL, {.detail = std::string(what) + ": " + error.what()});
}

class BotanSigning final : public Sm2Signing {
 public:
  explicit BotanSigning(const Botan::BigInt& scalar)
      : key_(Botan::system_rng(), Botan::EC_Group(kCurve), scalar),
        signer_(key_, Botan::system_rng(), Parameters(), Botan::DER_SEQUENCE) {}

  absl::StatusOr<std::string> Sign(std::string_view message) override ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    try {
      const std::vector<uint8_t> made =
          signer_.sign_message(Bytes(message), message.size(), Botan::system_rng());
      return std::string(made.begin(), made.end());
    } catch (const Botan::Exception& error) {
      return BotanError("signing", error);
    }
  }

 private:
  const Botan::SM2_PrivateKey key_;
  Mutex mu_;
  // Keeps what the hash of every message begins with (Z of GB/T 32918.2), so that it is made once.
  Botan::PK_Signer signer_ ABSL_GUARDED_BY(mu_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<Sm2Signing>> Sm2Signing::Create(EVP_PKEY* key) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1)
    return OpenSslError("SM2 private key");
  const UniqueBignum owned(number);
  Botan::secure_vector<uint8_t> bytes(kScalarBytes);
  if (BN_bn2binpad(number, bytes.data(), kScalarBytes) != kScalarBytes)
    return OpenSslError("SM2 private key");
  try {
    return std::make_unique<BotanSigning>(Botan::BigInt::decode(bytes));
  } catch (const Botan::Exception& error) {
    return BotanError("SM2 private key", error);
  }
}

}  // namespace chuanyu::crypto::internal
