// How old somebody is on a day, domain page §3.2. Pure, thread-safe.
#pragma once

#include "common/calendar/date.h"

namespace chuanyu {

// The two choices a region may configure; no text settles them for every benefit, so both stay parameters.
struct AgeRule {
  // The day on which a year of age is reached.
  enum class ReachedOn { kBirthday, kDayAfterBirthday };
  // The birthday of those born on 02-29 in a year that has none. 02-28 follows the month-end rule of 民法典
  // §202.
  enum class LeapBirthday { kFeb28, kMar1 };

  ReachedOn reached_on = ReachedOn::kBirthday;
  LeapBirthday leap_birthday = LeapBirthday::kFeb28;
};

// The first day on which somebody born on `birth` is `years` old. years >= 0.
Date DayOfAge(Date birth, int years, const AgeRule& rule = {});

// Completed years of age on `day`. Negative when `day` is before the birth: callers refuse such births first.
int AgeOn(Date birth, Date day, const AgeRule& rule = {});

}  // namespace chuanyu
