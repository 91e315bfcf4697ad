// Numbers of receipts, domain page §2.4: "YLBA-511623-2026-000001". No national form was found, so this is
// our own; those of others are any text. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"

namespace chuanyu::elderly_care {

// What is counted without gaps: of each authority and year.
std::string FilingSeries(const std::string& authority, Date day);

// INTERNAL when `sequence` is not 1 to 999999: the form has six digits.
absl::StatusOr<std::string> FilingNumber(const std::string& series, int64_t sequence);

}  // namespace chuanyu::elderly_care
