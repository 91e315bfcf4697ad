#include "common/calendar/date.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "common/calendar/china_time.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

// -1 when a character is not an ASCII digit.
int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<Date> MakeDate(int year, int month, int day) {
  if (year < 1 || year > 9999) return std::nullopt;
  const Date date(year, month, day);
  // CivilDay normalises what does not exist: a day that moved was not in the calendar.
  if (date.year() != year || date.month() != month || date.day() != day) return std::nullopt;
  return date;
}

absl::StatusOr<Date> ParseDate(std::string_view text, std::string_view field) {
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const auto date =
        MakeDate(Number(text.substr(0, 4)), Number(text.substr(5, 2)), Number(text.substr(8, 2)));
    if (date) return *date;
  }
  return MakeError(Reason::DATE_INVALID, {.field = std::string(field)});
}

std::string FormatDate(Date date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

Date TodayShanghai(const Clock& clock) { return DayOf(clock.Now()); }

}  // namespace chuanyu
