// The one time zone of both regions. Days, months and times of day of this project are all of it (domain page
// §3.2: Asia/Shanghai). A fixed offset and not the zone's file: there is no summer time since 1992, and a
// machine without zone files must count the same days. Pure.
#pragma once

#include "absl/time/time.h"
#include "common/calendar/date.h"

namespace chuanyu {

inline absl::TimeZone ChinaTime() { return absl::FixedTimeZone(8 * 60 * 60); }

// The day on which an instant is.
inline Date DayOf(absl::Time time) { return absl::ToCivilDay(time, ChinaTime()); }

}  // namespace chuanyu
