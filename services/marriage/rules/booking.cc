#include "services/marriage/rules/booking.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/errors/error.h"

namespace chuanyu::marriage {
namespace {

absl::Status Closed(const char* detail) {
  return MakeError(Reason::C_BOOKING_CLOSED, {.field = "date", .detail = detail});
}

}  // namespace

absl::Time OpensAt(Date day, const Period& period) {
  return absl::FromCivil(absl::CivilSecond(day), ChinaTime()) + absl::Minutes(period.opens_minute);
}

absl::StatusOr<bool> IsBookable(const RegistryOffice& office, const WorkCalendar& calendar, Date day) {
  CHUANYU_ASSIGN_OR_RETURN(const bool worked, calendar.IsWorkingDay(day));
  const auto weekday = absl::GetWeekday(day);
  const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
  return worked && (!weekend || office.makeup_saturdays);
}

absl::Status CheckBookingTime(const BookingRules& rules, const RegistryOffice& office, const Period& period,
                              const WorkCalendar& calendar, Date day, absl::Time now) {
  const Date today = DayOf(now);
  if (day > today + rules.window_days) return Closed("too early");
  if (now > OpensAt(day, period) - absl::Hours(rules.cutoff_hours)) return Closed("too late");
  CHUANYU_ASSIGN_OR_RETURN(const bool bookable, IsBookable(office, calendar, day));
  return bookable ? absl::OkStatus() : Closed("no day of this office");
}

absl::Status CheckCancelTime(const BookingRules& rules, Date day, Date today) {
  return today + rules.cancel_days <= day ? absl::OkStatus() : Closed("too late to cancel");
}

std::optional<Date> BlockedUntil(const BookingRules& rules, std::vector<Date> missed, Date today) {
  std::sort(missed.begin(), missed.end());
  const size_t needed = static_cast<size_t>(rules.no_shows);
  std::optional<Date> until;
  for (size_t last = needed - 1; last < missed.size(); ++last) {
    if (missed[last] - missed[last - (needed - 1)] >= rules.no_show_days) continue;
    // The day on which it was missed is not counted (民法典 §201).
    const Date end = missed[last] + rules.block_days;
    if (missed[last] <= today && today <= end) until = end;
  }
  return until;
}

}  // namespace chuanyu::marriage
