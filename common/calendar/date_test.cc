#include "common/calendar/date.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

TEST(ParseDate, ReadsDaysThatExist) {
  for (const char* text : {"2023-08-22", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"}) {
    const auto date = ParseDate(text);
    ASSERT_TRUE(date.ok()) << text;
    EXPECT_EQ(FormatDate(*date), text);
  }
}

TEST(ParseDate, RefusesDaysThatDoNotExistAndOtherSpellings) {
  for (const char* text : {"2023-02-29",
                           "2023-02-30",
                           "1900-02-29",
                           "2023-13-01",
                           "2023-00-10",
                           "2023-01-00",
                           "2023-04-31",
                           "0000-01-01",
                           "",
                           "2023-8-22",
                           "20230822",
                           "2023/08/22",
                           "2023-08-22 ",
                           " 2023-08-22",
                           "2023-08-2x",
                           "+023-08-22",
                           "2023-08-+2",
                           "-123-08-22",
                           "２０２３-08-22",
                           "2023-08-22T00:00:00+08:00"}) {
    const auto date = ParseDate(text, "person.birth");
    ASSERT_FALSE(date.ok()) << text;
    EXPECT_TRUE(HasReason(date.status(), Reason::DATE_INVALID)) << text;
    EXPECT_EQ(FieldOf(date.status()), "person.birth");
  }
}

TEST(ParseDate, IsTheInverseOfFormatDateOnEveryDayOfFourCenturies) {
  for (Date day(1800, 1, 1); day < Date(2200, 1, 1); ++day) {
    const auto parsed = ParseDate(FormatDate(day));
    ASSERT_TRUE(parsed.ok());
    ASSERT_EQ(*parsed, day);
  }
}

TEST(TodayShanghai, ChangesAtMidnightOfShanghaiNotOfUtc) {
  const absl::Time midnight = absl::FromCivil(absl::CivilSecond(2026, 1, 24, 16, 0, 0), absl::UTCTimeZone());
  FakeClock clock(midnight - absl::Milliseconds(1));
  EXPECT_EQ(TodayShanghai(clock), Date(2026, 1, 24));
  clock.Advance(absl::Milliseconds(1));
  EXPECT_EQ(TodayShanghai(clock), Date(2026, 1, 25));
}

}  // namespace
}  // namespace chuanyu
