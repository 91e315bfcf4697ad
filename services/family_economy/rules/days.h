// Days of instants as messages carry them. Pure, thread-safe.
#pragma once

#include "common/calendar/china_time.h"
#include "common/clock/timestamp.h"

namespace chuanyu::family_economy {

using chuanyu::DayOf;
inline Date DayOf(const google::protobuf::Timestamp& time) { return DayOf(TimeOf(time)); }

}  // namespace chuanyu::family_economy
