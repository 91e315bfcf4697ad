#include "common/service/calendar_notice.h"

#include "common/telemetry/log.h"

namespace chuanyu {
namespace {

// The State Council office publishes the next year's days off in November.
constexpr int kNoticeDays = 60;

}  // namespace

void NoticeCalendarEnd(const WorkCalendar& calendar, const Clock& clock, Metrics& metrics) {
  const int64_t last = calendar.LastYear();
  metrics
      .AddGauge("chuanyu_calendar_last_year", "Last year whose working calendar is loaded; later limits fail")
      .Set(static_cast<double>(last));
  if ((TodayShanghai(clock) + kNoticeDays).year() > last) {
    LogEvent(Severity::kWarning, "calendar_ends_soon", {{"last_year", last}});
  }
}

}  // namespace chuanyu
