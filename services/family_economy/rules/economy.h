// What a county declares of the economy of a household, checked field by field when it comes in, and compared
// with what registers have. Pure, thread-safe.
#pragma once

#include "absl/status/status.h"
#include "chuanyu/family_economy/v1/verification.pb.h"

namespace chuanyu::family_economy {

// BAD_REQUEST or DATE_INVALID, naming the field under "economy": a member who is not in `household`, a kind
// that is none, a month that is none, an amount that is absent or out of range (the sums of all of them stay
// within 64 bits in every computation), too many entries, a settlement without officer or note.
absl::Status CheckEconomy(const v1::HouseholdEconomy& economy, const v1::Household& household);

// Appends a discrepancy for each member, class and region where a register has property or earnings that the
// economy does not declare (rules/declared.h). None when no economy was entered: then nothing contradicts it.
void FindUndeclared(v1::Verification* verification);

// Duplicates and discrepancies of the check that no officer has settled. A death is never settled and counts
// by itself (ManualReason::kDeathRecorded).
int CountUnsettled(const v1::Verification& verification);

}  // namespace chuanyu::family_economy
