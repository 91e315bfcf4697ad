#include "common/calendar/age.h"

namespace chuanyu {

Date DayOfAge(Date birth, int years, const AgeRule& rule) {
  const absl::civil_year_t year = birth.year() + years;
  Date day(year, birth.month(), birth.day());
  // CivilDay has moved 02-29 to 03-01 when the year has no 02-29.
  const bool moved = day.month() != birth.month();
  if (moved && rule.leap_birthday == AgeRule::LeapBirthday::kFeb28) day -= 1;
  if (rule.reached_on == AgeRule::ReachedOn::kDayAfterBirthday) day += 1;
  return day;
}

int AgeOn(Date birth, Date day, const AgeRule& rule) {
  // The difference of the calendar years is never too small, only one or two too large.
  int years = static_cast<int>(day.year() - birth.year());
  while (DayOfAge(birth, years, rule) > day) --years;
  return years;
}

}  // namespace chuanyu
