// SM2-with-SM3 signatures (GB/T 32918.2, user id of GM/T 0009) made by Botan, which needs a quarter of the
// time of OpenSSL 3.0 (docs/decisions/0012-botan-signs-sm2.md). They are checked by OpenSSL, as those of
// everybody else. Private to common/crypto.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/evp.h"

namespace chuanyu::crypto::internal {

// GM/T 0009-2012 §10: the user id of whoever has not agreed on another. Of every signature, made or checked.
inline constexpr std::string_view kSm2UserId = "1234567812345678";

// Thread-safe; one signature at a time.
class Sm2Signing {
 public:
  // `key` is an SM2 key pair of OpenSSL; INTERNAL when it has no private part.
  static absl::StatusOr<std::unique_ptr<Sm2Signing>> Create(EVP_PKEY* key);
  virtual ~Sm2Signing() = default;
  // DER SEQUENCE{r,s}.
  virtual absl::StatusOr<std::string> Sign(std::string_view message) = 0;
};

}  // namespace chuanyu::crypto::internal
