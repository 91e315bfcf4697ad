#include "common/calendar/time_limit.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

constexpr auto kWorking = Limit::Unit::kWorkingDays;
constexpr auto kNatural = Limit::Unit::kNaturalDays;

const WorkCalendar& Calendar() {
  static const auto* calendar =
      new WorkCalendar(LoadWorkCalendar(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/calendar").value());
  return *calendar;
}

TEST(DeadlineDay, CountsItsOwnKindOfDays) {
  struct Row {
    Date start;
    Limit limit;
    std::vector<Pause> pauses;
    Date last;
  };
  for (const Row& row :
       {Row{Date(2026, 3, 6), {5, kWorking}, {}, Date(2026, 3, 13)},  // a Friday
        Row{Date(2026, 3, 7), {5, kWorking}, {}, Date(2026, 3, 13)},  // a Saturday
        Row{Date(2026, 4, 3), {1, kWorking}, {}, Date(2026, 4, 7)},   // over 清明
        Row{Date(2026, 3, 2), {7, kNatural}, {}, Date(2026, 3, 9)},
        Row{Date(2026, 3, 7), {7, kNatural}, {}, Date(2026, 3, 16)},  // 14th is a Saturday
        Row{Date(2026, 3, 6), {5, kWorking}, {{Date(2026, 3, 9), Date(2026, 3, 10)}}, Date(2026, 3, 17)},
        Row{Date(2026, 3, 2), {30, kNatural}, {{Date(2026, 3, 10), Date(2026, 3, 16)}}, Date(2026, 4, 8)}}) {
    const auto last = DeadlineDay(row.start, row.limit, row.pauses, Calendar());
    ASSERT_TRUE(last.ok()) << last.status();
    EXPECT_EQ(*last, row.last) << FormatDate(row.start) << " " << row.limit.days;
  }
}

TEST(DeadlineDay, AgreesWithTheCalendarWithoutPauses) {
  for (Date start(2026, 1, 1); start < Date(2026, 11, 1); ++start) {
    for (const int days : {1, 3, 5, 10, 15}) {
      EXPECT_EQ(*DeadlineDay(start, {days, kWorking}, {}, Calendar()),
                *Calendar().NthWorkingDayAfter(start, days));
      EXPECT_EQ(*DeadlineDay(start, {days, kNatural}, {}, Calendar()),
                *Calendar().EndOfNaturalPeriod(start, days));
    }
  }
}

TEST(DeadlineDay, FailsWithoutCalendarAndOnBadPauses) {
  EXPECT_TRUE(HasReason(DeadlineDay(Date(2026, 12, 31), {1, kWorking}, {}, Calendar()).status(),
                        Reason::CALENDAR_NOT_LOADED));
  EXPECT_TRUE(HasReason(
      DeadlineDay(Date(2026, 3, 2), {1, kWorking}, {{Date(2026, 3, 4), Date(2026, 3, 3)}}, Calendar())
          .status(),
      Reason::BAD_REQUEST));
}

// 5 working days from Friday 03-06: 09, 10, 11, 12, 13. Four are used up on the morning of the fifth.
TEST(StateOfLimit, RemindsAt80AndEscalatesAfter100Percent) {
  struct Row {
    Date today;
    DeadlineState state;
  };
  for (const Row& row :
       {Row{Date(2026, 3, 6), DeadlineState::kNone}, Row{Date(2026, 3, 12), DeadlineState::kNone},
        Row{Date(2026, 3, 13), DeadlineState::kRemind}, Row{Date(2026, 3, 14), DeadlineState::kEscalate},
        Row{Date(2026, 3, 1), DeadlineState::kNone}}) {
    EXPECT_EQ(*StateOfLimit(Date(2026, 3, 6), {5, kWorking}, {}, row.today, 8000, Calendar()), row.state)
        << FormatDate(row.today);
  }
  // 15 working days from 03-02: the twelfth is 03-18, the last 03-23.
  EXPECT_EQ(*StateOfLimit(Date(2026, 3, 2), {15, kWorking}, {}, Date(2026, 3, 18), 8000, Calendar()),
            DeadlineState::kNone);
  EXPECT_EQ(*StateOfLimit(Date(2026, 3, 2), {15, kWorking}, {}, Date(2026, 3, 19), 8000, Calendar()),
            DeadlineState::kRemind);
  EXPECT_EQ(*StateOfLimit(Date(2026, 3, 2), {15, kWorking}, {}, Date(2026, 3, 23), 8000, Calendar()),
            DeadlineState::kRemind);
  EXPECT_EQ(*StateOfLimit(Date(2026, 3, 2), {15, kWorking}, {}, Date(2026, 3, 24), 8000, Calendar()),
            DeadlineState::kEscalate);
}

TEST(StateOfDeadline, ByTheClock) {
  const absl::Time start = absl::FromUnixSeconds(1'774'000'000);
  const absl::Time deadline = start + absl::Seconds(3);
  EXPECT_EQ(StateOfDeadline(start, deadline, start, 8000), DeadlineState::kNone);
  EXPECT_EQ(StateOfDeadline(start, deadline, start + absl::Milliseconds(2'399), 8000), DeadlineState::kNone);
  EXPECT_EQ(StateOfDeadline(start, deadline, start + absl::Milliseconds(2'400), 8000),
            DeadlineState::kRemind);
  EXPECT_EQ(StateOfDeadline(start, deadline, start + absl::Milliseconds(2'999), 8000),
            DeadlineState::kRemind);
  EXPECT_EQ(StateOfDeadline(start, deadline, deadline, 8000), DeadlineState::kEscalate);
}

}  // namespace
}  // namespace chuanyu
