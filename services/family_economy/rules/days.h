// The day of an instant in Asia/Shanghai: time limits and reviews are counted in days. Pure, thread-safe.
#pragma once

#include "absl/time/time.h"
#include "common/calendar/date.h"
#include "common/clock/timestamp.h"

namespace chuanyu::family_economy {

inline Date DayOf(absl::Time time) { return absl::ToCivilDay(time, absl::FixedTimeZone(8 * 3600)); }
inline Date DayOf(const google::protobuf::Timestamp& time) { return DayOf(TimeOf(time)); }

}  // namespace chuanyu::family_economy
