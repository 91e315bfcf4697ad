// Domain page §4.3, as a table: 5 working days for departments, 15 for A14, 3 seconds for own data.
#include "services/family_economy/rules/time_limits.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

TEST(DeadlineFor, CountsWorkingDaysAndNeverTheFirst) {
  constexpr auto kDepartment = v1::SOURCE_GROUP_DEPARTMENTAL;
  constexpr auto kFinance = v1::SOURCE_GROUP_FINANCE;
  struct Row {
    const char* what;
    v1::SourceGroup group;
    const char* asked;
    const char* remind;
    const char* due;
  };
  const Row rows[] = {
      {"Friday", kDepartment, "2026-03-20T17:46:40+08:00", "2026-03-26T18:00:00+08:00",
       "2026-03-27T18:00:00+08:00"},
      {"the hour does not count", kDepartment, "2026-03-20T00:00:00+08:00", "2026-03-26T18:00:00+08:00",
       "2026-03-27T18:00:00+08:00"},
      {"Shanghai's day, not UTC's", kDepartment, "2026-03-20T16:30:00Z", "2026-03-26T18:00:00+08:00",
       "2026-03-27T18:00:00+08:00"},
      {"Sunday", kDepartment, "2026-03-22T12:00:00+08:00", "2026-03-26T18:00:00+08:00",
       "2026-03-27T18:00:00+08:00"},
      // 国庆 2026: 10-01 to 10-07; 10-10 is worked instead.
      {"before the holidays", kDepartment, "2026-09-30T09:00:00+08:00", "2026-10-12T18:00:00+08:00",
       "2026-10-13T18:00:00+08:00"},
      {"banks", kFinance, "2026-03-20T09:00:00+08:00", "2026-04-08T18:00:00+08:00",
       "2026-04-13T18:00:00+08:00"},
  };
  for (const Row& row : rows) {
    const auto deadline = DeadlineFor(row.group, At(row.asked), {}, TestCalendar());
    ASSERT_TRUE(deadline.ok()) << row.what << deadline.status();
    EXPECT_EQ(deadline->remind, At(row.remind)) << row.what;
    EXPECT_EQ(deadline->due, At(row.due)) << row.what;
  }
}

TEST(DeadlineFor, OwnDataIsDueWithinSecondsWithoutACalendar) {
  const auto deadline =
      DeadlineFor(v1::SOURCE_GROUP_OWN_DATA, At("2031-01-01T00:00:00+08:00"), {}, TestCalendar());
  ASSERT_TRUE(deadline.ok()) << deadline.status();
  EXPECT_EQ(deadline->due, At("2031-01-01T00:00:03+08:00"));
  EXPECT_EQ(deadline->remind, absl::InfiniteFuture());
}

TEST(DeadlineFor, IsAnErrorInAYearWithoutCalendar) {
  for (const auto group : {v1::SOURCE_GROUP_DEPARTMENTAL, v1::SOURCE_GROUP_FINANCE}) {
    EXPECT_TRUE(HasReason(DeadlineFor(group, At("2031-01-01T00:00:00+08:00"), {}, TestCalendar()).status(),
                          Reason::CALENDAR_NOT_LOADED));
  }
}

TEST(DeadlineFor, FollowsTheConfiguration) {
  const auto deadline =
      DeadlineFor(v1::SOURCE_GROUP_DEPARTMENTAL, At("2026-03-20T09:00:00+08:00"),
                  {.departmental_days = 1, .business_ends = absl::Hours(12)}, TestCalendar());
  ASSERT_TRUE(deadline.ok()) << deadline.status();
  EXPECT_EQ(deadline->due, At("2026-03-23T12:00:00+08:00"));
  EXPECT_EQ(deadline->remind, deadline->due);
}

}  // namespace
}  // namespace chuanyu::family_economy
