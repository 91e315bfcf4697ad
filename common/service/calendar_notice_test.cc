#include "common/service/calendar_notice.h"

#include <gtest/gtest.h>

#include "common/calendar/china_time.h"

namespace chuanyu {
namespace {

WorkCalendar Calendar(int last_year) {
  WorkCalendar calendar;
  EXPECT_TRUE(calendar.Add({.year = last_year}).ok());
  return calendar;
}

// What is logged on that day, at noon in Shanghai.
std::string LogOf(const WorkCalendar& calendar, const char* day, Metrics& metrics) {
  const FakeClock clock(absl::FromCivil(*ParseDate(day), ChinaTime()) + absl::Hours(12));
  ::testing::internal::CaptureStderr();
  NoticeCalendarEnd(calendar, clock, metrics);
  return ::testing::internal::GetCapturedStderr();
}

TEST(CalendarNotice, WarnsSixtyDaysBeforeTheLastLoadedYearEnds) {
  Metrics before;
  EXPECT_EQ(LogOf(Calendar(2026), "2026-11-01", before), "");
  Metrics after;
  EXPECT_NE(LogOf(Calendar(2026), "2026-11-02", after).find("calendar_ends_soon"), std::string::npos);
}

TEST(CalendarNotice, ShowsTheLastLoadedYearAsAMetric) {
  Metrics metrics;
  EXPECT_EQ(LogOf(Calendar(2027), "2026-11-26", metrics), "");
  EXPECT_NE(metrics.Text().find("chuanyu_calendar_last_year 2027"), std::string::npos) << metrics.Text();
}

}  // namespace
}  // namespace chuanyu
