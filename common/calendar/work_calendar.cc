#include "common/calendar/work_calendar.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu {

absl::Status WorkCalendar::Add(CalendarYear year) {
  const int number = year.year;
  if (!years_.emplace(number, std::move(year)).second) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.field = "calendar", .detail = absl::StrCat(number, " loaded twice")});
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> WorkCalendar::IsWorkingDay(Date day) const {
  const auto year = years_.find(day.year());
  if (year == years_.end()) {
    return MakeError(Reason::CALENDAR_NOT_LOADED, {.detail = absl::StrCat("year ", day.year())});
  }
  if (year->second.working_weekends.count(day) > 0) return true;
  if (year->second.holidays.count(day) > 0) return false;
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
}

absl::StatusOr<Date> WorkCalendar::NthWorkingDayAfter(Date start, int n) const {
  if (n < 1 || n > 2000) return MakeError(Reason::BAD_REQUEST, {.detail = "working days must be 1 to 2000"});
  Date day = start;
  for (int counted = 0; counted < n;) {
    ++day;
    CHUANYU_ASSIGN_OR_RETURN(const bool working, IsWorkingDay(day));
    if (working) ++counted;
  }
  return day;
}

absl::StatusOr<Date> WorkCalendar::EndOfNaturalPeriod(Date start, int days) const {
  if (days < 1 || days > 36500) return MakeError(Reason::BAD_REQUEST, {.detail = "days must be 1 to 36500"});
  return WorkingDayOnOrAfter(start + days);
}

absl::StatusOr<Date> WorkCalendar::WorkingDayOnOrAfter(Date day) const {
  while (true) {
    CHUANYU_ASSIGN_OR_RETURN(const bool working, IsWorkingDay(day));
    if (working) return day;
    ++day;
  }
}

}  // namespace chuanyu
