// Sealed bytes as Base64 text, for a column of a database. `name` binds a seal to its row: a copy in another
// place does not open. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/crypto/seal.h"

namespace chuanyu::crypto {

absl::StatusOr<std::string> SealText(const Sealer& sealer, std::string_view plain, std::string_view name);
// SIG_INVALID when anything was changed.
absl::StatusOr<std::string> OpenText(const Sealer& sealer, const std::string& sealed, std::string_view name);

}  // namespace chuanyu::crypto
