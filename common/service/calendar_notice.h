// Says before it hurts that the next year's working calendar is missing: limits of 15 working days end in it
// from the first half of December.
#pragma once

#include "common/calendar/work_calendar.h"
#include "common/clock/clock.h"
#include "common/telemetry/metrics.h"

namespace chuanyu {

// Sets the gauge chuanyu_calendar_last_year, and warns in the log when the calendar ends within 60 days. At
// start.
void NoticeCalendarEnd(const WorkCalendar& calendar, const Clock& clock, Metrics& metrics);

}  // namespace chuanyu
