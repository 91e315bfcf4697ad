// Data keys kept under a key-encryption key (KEK).
//
// The vault seals payloads with a data key per day and operation; the data keys rest in a file wrapped by the
// node's KEK. Destroying a wrapped data key erases every payload sealed with it. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/crypto/seal.h"

namespace chuanyu::crypto {

// Names the data key that is wrapped, e.g. "2026-03-10/A-1". Bound into the wrapping, so that one wrapped key
// cannot be put in the place of another.
struct DataKeyName {
  std::string_view name;
};

// A fresh data key of kSealKeyBytes from the operating system's generator.
absl::StatusOr<std::string> NewDataKey();

// BAD_REQUEST unless `data_key` is kSealKeyBytes long.
absl::StatusOr<std::string> WrapKey(const Sealer& kek, DataKeyName name, std::string_view data_key);

// SIG_INVALID when the KEK, the name or any byte differs from what WrapKey was given.
absl::StatusOr<std::string> UnwrapKey(const Sealer& kek, DataKeyName name, std::string_view wrapped);

}  // namespace chuanyu::crypto
