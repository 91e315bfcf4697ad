#include "common/crypto/key_wrap.h"

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::crypto {
namespace {

// Keeps a wrapped key from being opened as a payload, should both ever be sealed under one key.
std::string WrapContext(DataKeyName name) { return std::string("chuanyu/key-wrap/v1\n").append(name.name); }

}  // namespace

absl::StatusOr<std::string> NewDataKey() { return RandomBytes(kSealKeyBytes); }

absl::StatusOr<std::string> WrapKey(const Sealer& kek, DataKeyName name, std::string_view data_key) {
  if (data_key.size() != kSealKeyBytes) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "a data key is 48 bytes"});
  }
  return kek.Seal(data_key, WrapContext(name));
}

absl::StatusOr<std::string> UnwrapKey(const Sealer& kek, DataKeyName name, std::string_view wrapped) {
  CHUANYU_ASSIGN_OR_RETURN(std::string data_key, kek.Open(wrapped, WrapContext(name)));
  if (data_key.size() != kSealKeyBytes) {
    return MakeError(Reason::SIG_INVALID, {.detail = "the wrapped text is not a data key"});
  }
  return data_key;
}

}  // namespace chuanyu::crypto
