// How registers keep the numbers of the persons they know: sealed, opened only to make the match index.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/crypto/seal.h"
#include "services/family_economy/registers/registers.h"

namespace chuanyu::family_economy {

// Base64 text of the sealed "<doc type>:<number>".
absl::StatusOr<std::string> SealDocument(const crypto::Sealer& sealer, const RegisterPerson& person);
// SIG_INVALID when the text is not what SealDocument made with the same key.
absl::StatusOr<RegisterPerson> OpenDocument(const crypto::Sealer& sealer, const std::string& text);

}  // namespace chuanyu::family_economy
