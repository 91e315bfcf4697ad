// Whether the family's 核对授权书 covers a question. 社会救助暂行办法 §58: nothing may be asked without it.
// Pure, thread-safe.
#pragma once

#include "absl/status/status.h"
#include "services/family_economy/rules/application.h"

namespace chuanyu::family_economy {

// OK only when `verification.authorization` is in force now, was given for this household, purpose and every
// class, and carries a valid signature for every member: the member's own, or a guardian's for minors and
// those without full capacity (民法典 §17 to §24, PIPL §31). AUTH_MISSING, AUTH_EXPIRED, AUTH_REVOKED or
// AUTH_SCOPE, and the errors of persons and dates inside the document.
absl::Status CheckAuthorization(const v1::Verification& verification, const Application& application,
                                const RuleContext& context);

}  // namespace chuanyu::family_economy
