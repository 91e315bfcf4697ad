// What a county records of an institution that has not filed, and what may follow (domain page §7; 66号令,
// 监督检查). Pure, thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/elderly_care/v1/unfiled.pb.h"
#include "common/calendar/work_calendar.h"
#include "common/identity/division.h"
#include "services/elderly_care/rules/policy.h"

namespace chuanyu::elderly_care {

// 6 digits: the county of its address today. BAD_REQUEST, DATE_INVALID, CODE_UNKNOWN, USCC_*, naming the
// field; also for an output field that is set.
absl::StatusOr<std::string> ParseUnfiled(const v1::UnfiledInstitution& found, Date today,
                                         const DivisionTable& divisions);

// Sets onsite_due by `policy`, and overdue. CALENDAR_NOT_LOADED.
absl::Status RefreshUnfiled(const PolicyDay& policy, const WorkCalendar& calendar, Date today,
                            v1::UnfiledInstitution* found);

// What an officer does on `today`; nothing changes on an error. STATE_CONFLICT when the state does not allow
// it, BAD_REQUEST for an unknown act.
absl::Status ActOn(v1::UnfiledAct act, const std::string& officer_id, Date today,
                   v1::UnfiledInstitution* found);

// Nothing follows any more.
bool IsOver(const v1::UnfiledInstitution& found);

}  // namespace chuanyu::elderly_care
