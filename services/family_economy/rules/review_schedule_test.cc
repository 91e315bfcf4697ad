#include "services/family_economy/rules/review_schedule.h"

#include "services/family_economy/rules/assessment_testing.h"

namespace chuanyu::family_economy {
namespace {

constexpr auto kUrban = v1::HOUSEHOLD_TYPE_URBAN;
constexpr auto kRural = v1::HOUSEHOLD_TYPE_RURAL;
constexpr auto kWorking = Limit::Unit::kWorkingDays;
constexpr auto kNatural = Limit::Unit::kNaturalDays;

const WorkCalendar& Calendar() {
  static const auto* calendar =
      new WorkCalendar(LoadWorkCalendar(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/calendar").value());
  return *calendar;
}

const PolicyPeriod& Period() { return **TestPolicy().PeriodOn(Date(2026, 3, 1)); }

// 重庆低保条例 §26.
TEST(Tiers, FollowTheFactsOfTheHousehold) {
  struct Row {
    ReviewFacts facts;
    ReviewTier tier;
    int months;
  };
  for (const Row& row : {Row{{kUrban, false, true, true, true}, ReviewTier::kSevereStable, 12},
                         Row{{kRural, false, true, true, false}, ReviewTier::kSevereStable, 12},
                         Row{{kUrban, false, true, false, true}, ReviewTier::kOther, 6},
                         Row{{kUrban, false, false, true, true}, ReviewTier::kStable, 6},
                         Row{{kUrban, false, false, true, false}, ReviewTier::kOther, 6},
                         Row{{kUrban, true, false, true, true}, ReviewTier::kIdleUrban, 1},
                         Row{{kRural, true, false, true, true}, ReviewTier::kIdleRural, 3},
                         // Somebody who could work beside somebody who is ill: the sooner of the two.
                         Row{{kUrban, true, true, true, true}, ReviewTier::kIdleUrban, 1}}) {
    EXPECT_EQ(TierOf(row.facts), row.tier);
    EXPECT_EQ(MonthsBetweenReviews(row.tier, Period().review), row.months);
  }
}

TEST(Tiers, DifferByRegion) {
  const std::string folder = std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/assessment/";
  const ReviewFacts idle{.household = kUrban, .able_bodied_unemployed = true};
  for (const auto& [region, months] : {std::pair<const char*, int>{"500000", 1}, {"510000", 6}}) {
    const auto policy = AssessmentPolicy::Load(folder + region + ".toml");
    ASSERT_TRUE(policy.ok()) << policy.status();
    EXPECT_EQ(MonthsBetweenReviews(TierOf(idle), (*policy->PeriodOn(Date(2026, 3, 1)))->review), months);
  }
}

TEST(AddMonths, EndsWithTheMonth) {
  struct Row {
    Date from;
    int months;
    Date to;
  };
  for (const Row& row :
       {Row{Date(2026, 1, 31), 1, Date(2026, 2, 28)}, Row{Date(2024, 1, 31), 1, Date(2024, 2, 29)},
        Row{Date(2024, 2, 29), 12, Date(2025, 2, 28)}, Row{Date(2026, 8, 31), 6, Date(2027, 2, 28)},
        Row{Date(2026, 12, 15), 1, Date(2027, 1, 15)}, Row{Date(2026, 5, 31), 0, Date(2026, 5, 31)}}) {
    EXPECT_EQ(AddMonths(row.from, row.months), row.to) << FormatDate(row.from);
  }
}

TEST(NextReview, KeepsTheDayOfTheFirstDecision) {
  const ReviewFacts idle{.household = kUrban, .able_bodied_unemployed = true};
  const Date granted(2026, 1, 31);
  EXPECT_EQ(NextReview(granted, granted, idle, Period().review), Date(2026, 2, 28));
  EXPECT_EQ(NextReview(granted, Date(2026, 2, 28), idle, Period().review), Date(2026, 3, 31));
  EXPECT_EQ(NextReview(granted, Date(2026, 3, 12), idle, Period().review), Date(2026, 4, 30));
  const ReviewFacts severe{.household = kUrban, .severe = true, .income_stable = true};
  EXPECT_EQ(NextReview(Date(2024, 2, 29), Date(2024, 2, 29), severe, Period().review), Date(2025, 2, 28));
}

TEST(FirstPaidMonth, IsOfApprovalOrTheNext) {
  ProcedureRules rules;
  rules.paid_from_next_month = false;
  EXPECT_EQ(FirstPaidMonth(Date(2026, 12, 31), rules), Month(2026, 12));
  rules.paid_from_next_month = true;
  EXPECT_EQ(FirstPaidMonth(Date(2026, 12, 31), rules), Month(2027, 1));
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
}  // namespace chuanyu::family_economy
