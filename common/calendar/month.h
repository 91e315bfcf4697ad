// Months and what is counted in months, domain page §3.2. Pure functions, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/calendar/date.h"

namespace chuanyu {

using Month = absl::CivilMonth;

// Reads exactly YYYY-MM in ASCII digits, years 1…9999; DATE_INVALID, naming `field`, for anything else.
absl::StatusOr<Month> ParseMonth(std::string_view text, std::string_view field = "month");
// YYYY-MM; ParseMonth(FormatMonth(m)) is m for the years 1…9999.
std::string FormatMonth(Month month);

// `months` after `day`; the last day of the month where it has no such day (民法典 §202): 01-31 and one month
// is 02-28 or 02-29.
Date AddMonths(Date day, int months);

}  // namespace chuanyu
