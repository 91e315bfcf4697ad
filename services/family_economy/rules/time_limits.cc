#include "services/family_economy/rules/time_limits.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/calendar/date.h"
#include "common/errors/error.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kRemindPercent = 80;

absl::StatusOr<absl::Time> EndOfWorkingDay(Date start, int days, const TimeLimits& limits,
                                           const WorkCalendar& calendar) {
  CHUANYU_ASSIGN_OR_RETURN(const Date last, calendar.NthWorkingDayAfter(start, days));
  return absl::FromCivil(last, ChinaTime()) + limits.business_ends;
}

}  // namespace

absl::StatusOr<ClassDeadline> DeadlineFor(v1::SourceGroup group, absl::Time asked, const TimeLimits& limits,
                                          const WorkCalendar& calendar) {
  if (group == v1::SOURCE_GROUP_OWN_DATA) {
    return ClassDeadline{.remind = absl::InfiniteFuture(), .due = asked + limits.own_data};
  }
  if (group == v1::SOURCE_GROUP_UNSPECIFIED) return MakeError(Reason::BAD_REQUEST, {.field = "classes"});
  const int days = group == v1::SOURCE_GROUP_FINANCE ? limits.finance_days : limits.departmental_days;
  const Date start = DayOf(asked);
  ClassDeadline deadline;
  CHUANYU_ASSIGN_OR_RETURN(
      deadline.remind, EndOfWorkingDay(start, std::max(1, days * kRemindPercent / 100), limits, calendar));
  CHUANYU_ASSIGN_OR_RETURN(deadline.due, EndOfWorkingDay(start, days, limits, calendar));
  return deadline;
}

}  // namespace chuanyu::family_economy
