#include "common/calendar/work_calendar.h"

#include <string>

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

const std::string kFolder = std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/calendar";

const WorkCalendar& Shipped() {
  static const auto* calendar = new WorkCalendar(LoadWorkCalendar(kFolder).value());
  return *calendar;
}

// Checked by hand against the State Council notices for the year, not against the package the files come
// from.
TEST(ShippedCalendar, KnowsTheHolidaysAndMakeUpDaysOfTheNotices) {
  const struct {
    Date day;
    bool working;
  } kCases[] = {
      {Date(2023, 1, 27), false},  {Date(2023, 1, 28), true},  {Date(2023, 4, 23), true},
      {Date(2023, 10, 6), false},  {Date(2023, 10, 7), true},  {Date(2024, 2, 9), true},
      {Date(2024, 2, 10), false},  {Date(2024, 2, 18), true},  {Date(2024, 5, 11), true},
      {Date(2024, 10, 12), true},  {Date(2025, 1, 26), true},  {Date(2025, 1, 28), false},
      {Date(2025, 2, 4), false},   {Date(2025, 2, 5), true},   {Date(2025, 2, 8), true},
      {Date(2025, 9, 28), true},   {Date(2025, 10, 8), false}, {Date(2025, 10, 9), true},
      {Date(2025, 10, 11), true},  {Date(2026, 1, 2), false},  {Date(2026, 1, 4), true},
      {Date(2026, 2, 23), false},  {Date(2026, 2, 24), true},  {Date(2026, 10, 8), true},
      {Date(2026, 11, 21), false}, {Date(2026, 11, 23), true},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Shipped().IsWorkingDay(c.day).value(), c.working) << FormatDate(c.day);
  }
}

// Totals of the four years, counted by a second implementation (a script) over the same data.
TEST(ShippedCalendar, HasTheKnownNumberOfWorkingDaysAYear) {
  const std::pair<int, int> kTotals[] = {{2023, 249}, {2024, 251}, {2025, 248}, {2026, 248}};
  for (const auto& [year, expected] : kTotals) {
    int total = 0;
    for (Date day(year, 1, 1); day.year() == year; ++day)
      total += Shipped().IsWorkingDay(day).value() ? 1 : 0;
    EXPECT_EQ(total, expected) << year;
  }
}

TEST(ShippedCalendar, FailsInYearsThatAreNotLoaded) {
  for (const Date day : {Date(2027, 1, 4), Date(2022, 12, 30)}) {
    EXPECT_TRUE(HasReason(Shipped().IsWorkingDay(day).status(), Reason::CALENDAR_NOT_LOADED));
  }
  EXPECT_TRUE(
      HasReason(Shipped().NthWorkingDayAfter(Date(2026, 12, 30), 2).status(), Reason::CALENDAR_NOT_LOADED));
  EXPECT_TRUE(
      HasReason(Shipped().EndOfNaturalPeriod(Date(2026, 12, 15), 30).status(), Reason::CALENDAR_NOT_LOADED));
  // The year is needed only when the count reaches it.
  EXPECT_EQ(Shipped().NthWorkingDayAfter(Date(2026, 12, 30), 1).value(), Date(2026, 12, 31));
}

TEST(NthWorkingDay, DoesNotCountTheStartDay) {
  EXPECT_EQ(Shipped().NthWorkingDayAfter(Date(2026, 3, 2), 1).value(), Date(2026, 3, 3));
  EXPECT_EQ(Shipped().NthWorkingDayAfter(Date(2026, 3, 2), 5).value(), Date(2026, 3, 9));
  EXPECT_EQ(Shipped().NthWorkingDayAfter(Date(2026, 3, 7), 1).value(), Date(2026, 3, 9));  // from a Saturday
}

TEST(NthWorkingDay, SkipsHolidaysAndCountsMakeUpWeekends) {
  // From Thu 2025-09-25: 26 Fri, 28 Sun (worked), 29, 30, then 10-09 after the National Day week, 10, 11 Sat
  // (worked).
  EXPECT_EQ(Shipped().NthWorkingDayAfter(Date(2025, 9, 25), 2).value(), Date(2025, 9, 28));
  EXPECT_EQ(Shipped().NthWorkingDayAfter(Date(2025, 9, 25), 5).value(), Date(2025, 10, 9));
  EXPECT_EQ(Shipped().NthWorkingDayAfter(Date(2025, 9, 25), 7).value(), Date(2025, 10, 11));
}

TEST(NthWorkingDay, CrossesTheYear) {
  // 2026-01-01 to 03 are holidays, Sunday 04 is worked.
  EXPECT_EQ(Shipped().NthWorkingDayAfter(Date(2025, 12, 31), 1).value(), Date(2026, 1, 4));
}

TEST(NthWorkingDay, RefusesCountsThatMakeNoSense) {
  for (const int n : {0, -1, 2001}) {
    EXPECT_TRUE(HasReason(Shipped().NthWorkingDayAfter(Date(2026, 3, 2), n).status(), Reason::BAD_REQUEST))
        << n;
    EXPECT_TRUE(HasReason(Shipped().EndOfNaturalPeriod(Date(2026, 3, 2), n == 2001 ? 36501 : n).status(),
                          Reason::BAD_REQUEST));
  }
}

// Property: the n-th working day is worked, and exactly n-1 worked days lie between it and the start.
TEST(NthWorkingDay, HasExactlyNWorkedDaysUpToIt) {
  for (Date start(2023, 1, 1); start < Date(2025, 10, 1); start += 13) {
    for (const int n : {1, 2, 7, 30, 60}) {
      const Date end = Shipped().NthWorkingDayAfter(start, n).value();
      int worked = 0;
      for (Date day = start + 1; day <= end; ++day) worked += Shipped().IsWorkingDay(day).value() ? 1 : 0;
      ASSERT_EQ(worked, n) << FormatDate(start);
      ASSERT_TRUE(Shipped().IsWorkingDay(end).value());
    }
  }
}

TEST(NaturalPeriod, EndsOnItsLastDayWhenThatIsWorked) {
  EXPECT_EQ(Shipped().EndOfNaturalPeriod(Date(2026, 3, 2), 30).value(), Date(2026, 4, 1));
}

TEST(NaturalPeriod, MovesToTheNextWorkingDayWhenTheLastDayIsOff) {
  // Day 30 after 2025-09-01 is Wed 2025-10-01, National Day: moves to Thu 2025-10-09.
  EXPECT_EQ(Shipped().EndOfNaturalPeriod(Date(2025, 9, 1), 30).value(), Date(2025, 10, 9));
  // A plain weekend moves to Monday.
  EXPECT_EQ(Shipped().EndOfNaturalPeriod(Date(2026, 3, 2), 5).value(), Date(2026, 3, 9));
}

TEST(NaturalPeriod, StaysOnAMakeUpWeekend) {
  EXPECT_EQ(Shipped().EndOfNaturalPeriod(Date(2025, 9, 18), 10).value(),
            Date(2025, 9, 28));  // a worked Sunday
}

TEST(CalendarFile, IsRefusedWhenItContradictsItself) {
  const char* kBroken[] = {
      "year = 2030",
      "year = 2030\nholidays = []",
      "year = \"2030\"\nholidays = []\nworking_weekends = []",
      "year = 2030\nholidays = []\nworking_weekends = []\nextra = 1",
      "year = 2030\nholidays = [\"2031-01-01\"]\nworking_weekends = []",
      "year = 2030\nholidays = [\"2030-02-30\"]\nworking_weekends = []",
      "year = 2030\nholidays = [2030-01-01]\nworking_weekends = []",
      "year = 2030\nholidays = [\"2030-01-01\", \"2030-01-01\"]\nworking_weekends = []",
      "year = 2030\nholidays = []\nworking_weekends = [\"2030-01-01\"]",  // a Tuesday
      "year = 2030\nholidays = [\"2030-01-05\"]\nworking_weekends = [\"2030-01-05\"]",
      "year = 2030\nholidays = [",
      "",
  };
  for (const char* text : kBroken) {
    EXPECT_TRUE(HasReason(ParseCalendarYear(text, "2030.toml").status(), Reason::CONFIG_INVALID)) << text;
  }
  EXPECT_TRUE(ParseCalendarYear("year = 2030\nholidays = []\nworking_weekends = [\"2030-01-05\"]", "x").ok());
}

TEST(CalendarFile, YearCannotBeLoadedTwice) {
  WorkCalendar calendar;
  ASSERT_TRUE(calendar.Add({.year = 2030}).ok());
  EXPECT_TRUE(HasReason(calendar.Add({.year = 2030}), Reason::CONFIG_INVALID));
}

TEST(CalendarFile, MissingFolderIsAnError) {
  EXPECT_TRUE(HasReason(LoadWorkCalendar(kFolder + "/absent").status(), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu
