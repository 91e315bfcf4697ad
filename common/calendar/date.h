// Civil dates in Asia/Shanghai, written YYYY-MM-DD (domain page §3.2). Pure functions, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/clock/clock.h"

namespace chuanyu {

// A day of the calendar, without time and zone. `date + 1` is the next day, `b - a` counts days. Beware:
// its constructor turns 2023-02-30 into 2023-03-02; bytes from outside go through ParseDate or MakeDate.
using Date = absl::CivilDay;

// Nothing when the calendar has no such day (2023-02-30, 1900-02-29) or the year is not in 1…9999.
std::optional<Date> MakeDate(int year, int month, int day);

// Reads exactly YYYY-MM-DD in ASCII digits; DATE_INVALID, naming `field`, for anything else.
absl::StatusOr<Date> ParseDate(std::string_view text, std::string_view field = "date");

// YYYY-MM-DD; ParseDate(FormatDate(d)) is d for the years 1…9999.
std::string FormatDate(Date date);

// The day it is in Asia/Shanghai. China has had no summer time since 1991, so a fixed +08:00 needs no zone
// files.
Date TodayShanghai(const Clock& clock);

}  // namespace chuanyu
