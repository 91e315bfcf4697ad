// Days of a divorce by registration, 民法典 §1077, domain page §6.4. Pure, thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "chuanyu/marriage/v1/registration.pb.h"
#include "common/calendar/work_calendar.h"
#include "services/marriage/rules/policy.h"

namespace chuanyu::marriage {

// The day of the receipt is not counted; the last day of the cooling period and that of the window move to
// the next working day (民法典 §201, §203). CALENDAR_NOT_LOADED.
absl::StatusOr<v1::DivorceDays> CountDivorceDays(Date receipt, const MarriagePolicy& policy,
                                                 const WorkCalendar& calendar);

// Where an accepted application stands on `today`: APPLIED on the day of the receipt, COOLING, ISSUE_WINDOW,
// LAPSED after the window. Days that cannot be read: INTERNAL.
absl::StatusOr<v1::RegistrationState> DivorceStateOn(const v1::DivorceDays& days, Date today);

}  // namespace chuanyu::marriage
