// How long an answer may take, domain page §4.3: own data 3 seconds, other departments 5 working days, A14 15
// working days; a reminder at 80 %. [PROP]: no published agreement names limits, so they are configuration.
// Pure, thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/household.pb.h"
#include "common/calendar/work_calendar.h"

namespace chuanyu::family_economy {

struct TimeLimits {
  absl::Duration own_data = absl::Seconds(3);
  int departmental_days = 5;  // working days
  int finance_days = 15;      // working days
  // A limit of working days ends on its last day when offices close (domain page §3.3).
  absl::Duration business_ends = absl::Hours(18);
};

struct ClassDeadline {
  absl::Time remind;  // InfiniteFuture: nobody is reminded within seconds
  absl::Time due;
};

// For a question asked at `asked`. The day of asking is not counted (民法典 §201); the reminder comes at the
// end of the working day that completes 80 %, rounded down but not before the first. CALENDAR_NOT_LOADED;
// BAD_REQUEST for no group.
absl::StatusOr<ClassDeadline> DeadlineFor(v1::SourceGroup group, absl::Time asked, const TimeLimits& limits,
                                          const WorkCalendar& calendar);

}  // namespace chuanyu::family_economy
