// Time limits that can stand still: how long somebody has for a step, domain page §3.3 and §4.3. Pure,
// thread-safe.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/calendar/date.h"
#include "common/calendar/work_calendar.h"

namespace chuanyu {

// So many days; a limit of natural days that ends on a day off ends on the next working day.
struct Limit {
  enum class Unit { kWorkingDays, kNaturalDays };
  int days = 0;
  Unit unit = Unit::kWorkingDays;
};

// Days in which the clock stands, both ends included: from the 补正 notice to resubmission, or 公示 where the
// region's limit excludes it.
struct Pause {
  Date from;
  Date to;
};

// The last day of `limit` when it starts on `start`, which is not counted; days inside a pause are not
// either. A limit in natural days that ends on a day off ends on the next working day. CALENDAR_NOT_LOADED
// for years without calendar; BAD_REQUEST for a pause that ends before it begins, or of more than ten years.
absl::StatusOr<Date> DeadlineDay(Date start, const Limit& limit, const std::vector<Pause>& pauses,
                                 const WorkCalendar& calendar);

enum class DeadlineState { kNone, kRemind, kEscalate };

// REMIND from the morning on which `reminder_bp` of the limit's days are used up; ESCALATE from the day after
// the deadline: the last day itself is still in time, to the end of business. Counted in the limit's own
// days.
absl::StatusOr<DeadlineState> StateOfLimit(Date start, const Limit& limit, const std::vector<Pause>& pauses,
                                           Date today, int reminder_bp, const WorkCalendar& calendar);

// The same for a deadline by the clock, such as 3 s for own data.
DeadlineState StateOfDeadline(absl::Time start, absl::Time deadline, absl::Time now, int reminder_bp);

}  // namespace chuanyu
