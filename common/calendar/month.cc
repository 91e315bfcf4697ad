#include "common/calendar/month.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu {

absl::StatusOr<Month> ParseMonth(std::string_view text, std::string_view field) {
  // A month is well-formed exactly when its first day is.
  const auto first = ParseDate(std::string(text) + "-01", field);
  if (!first.ok()) return first.status();
  return Month(*first);
}

std::string FormatMonth(Month month) { return absl::StrFormat("%04d-%02d", month.year(), month.month()); }

Date AddMonths(Date day, int months) {
  const Month month = Month(day) + months;
  const Date last_of_month = Date(month + 1) - 1;
  return std::min(Date(month) + (day.day() - 1), last_of_month);
}

}  // namespace chuanyu
