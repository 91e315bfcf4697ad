// Days as messages carry them. Pure.
#pragma once

#include <optional>

#include "chuanyu/type/v1/common.pb.h"
#include "common/calendar/date.h"

namespace chuanyu {

// Nothing for one that is absent or no day: for what the service itself stored or has checked. What a caller
// sends is read by ParseDate, which says what is wrong.
inline std::optional<Date> DayIn(const type::v1::Date& date) {
  const absl::StatusOr<Date> day = ParseDate(date.value());
  return day.ok() ? std::optional<Date>(*day) : std::nullopt;
}

}  // namespace chuanyu
