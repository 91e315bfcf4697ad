// When a place may be booked or given up, and what missing appointments cost (domain page §6.1). Pure,
// thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/calendar/work_calendar.h"
#include "services/marriage/rules/policy.h"

namespace chuanyu::marriage {

// Beginning of `period` on `day`, Asia/Shanghai.
absl::Time OpensAt(Date day, const Period& period);

// The office takes bookings for `day`: Monday to Friday that are worked; worked weekends (调休) only where
// its calendar says so. CALENDAR_NOT_LOADED.
absl::StatusOr<bool> IsBookable(const RegistryOffice& office, const WorkCalendar& calendar, Date day);

// OK, or C_BOOKING_CLOSED: not yet, too late, or the office is closed that day.
absl::Status CheckBookingTime(const BookingRules& rules, const RegistryOffice& office, const Period& period,
                              const WorkCalendar& calendar, Date day, absl::Time now);

// C_BOOKING_CLOSED when it is too late to give the place up.
absl::Status CheckCancelTime(const BookingRules& rules, Date day, Date today);

// Last day of a block that the appointments missed on these days bring about; nothing when there is none on
// `today`. A block stops booking, never service.
std::optional<Date> BlockedUntil(const BookingRules& rules, std::vector<Date> missed, Date today);

}  // namespace chuanyu::marriage
