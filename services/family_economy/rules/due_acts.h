// What the county has to do by when in its own procedure, once it is counted (rules/procedure.h counts it):
// how it stands on a day, what is told about it, and what the county may enter. Domain page §4.3, §3.13.
// Pure, thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/family_economy.pb.h"
#include "common/calendar/date.h"

namespace chuanyu::family_economy {

// NONE without a date.
cases::v1::DeadlineLight LightOn(const v1::DueAct& due, Date today);
// Sets the lights of all, as of now.
void ShowLights(absl::Time now, v1::Verification* verification);

// Writes the events PROCEDURE_REMINDED and PROCEDURE_OVERDUE, each once for an act and its date. False when
// there was nothing to write.
bool FollowDueActs(absl::Time now, v1::Verification* verification);
// When FollowDueActs has something to write; InfiniteFuture when never.
absl::Time NextDueWake(const v1::Verification& verification);
// `after` differs from `before` by such events only: nobody has worked on the check.
bool OnlyReminded(const v1::Verification& before, const v1::Verification& after);

// What was entered is possible: DATE_INVALID, naming the field below `procedure`, for what is no day, lies in
// the future or before acceptance, or ends before it begins.
absl::Status CheckProcedure(const v1::Procedure& procedure, Date today);

}  // namespace chuanyu::family_economy
