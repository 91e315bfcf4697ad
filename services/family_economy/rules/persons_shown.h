// What is shown of persons, domain page §3.8: masked, and in clear only for a reason. Pure, thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "chuanyu/family_economy/v1/family_economy.pb.h"
#include "common/calendar/date.h"
#include "common/identity/division.h"

namespace chuanyu::family_economy {

// Masks names and numbers of members and guardians as of today, and cuts addresses to the town (9 digits). A
// person whose number cannot be read is hidden altogether.
void MaskPersons(Date today, const DivisionTable& divisions, v1::Verification* verification);

// BAD_REQUEST, naming the field, for a request to reveal without a reason or a proper account.
absl::Status CheckReveal(const v1::RevealPersonsRequest& request);
// The same when the reason, which is kept, speaks of somebody of the check.
absl::Status CheckNamesNobody(const std::string& text, const v1::Verification& check);

}  // namespace chuanyu::family_economy
