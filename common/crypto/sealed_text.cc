#include "common/crypto/sealed_text.h"

#include "absl/strings/escaping.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::crypto {

absl::StatusOr<std::string> SealText(const Sealer& sealer, std::string_view plain, std::string_view name) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed, sealer.Seal(plain, name));
  return absl::Base64Escape(sealed);
}

absl::StatusOr<std::string> OpenText(const Sealer& sealer, const std::string& sealed, std::string_view name) {
  std::string bytes;
  if (!absl::Base64Unescape(sealed, &bytes)) {
    return MakeError(Reason::SIG_INVALID, {.detail = "a sealed column is no Base64"});
  }
  return sealer.Open(bytes, name);
}

}  // namespace chuanyu::crypto
