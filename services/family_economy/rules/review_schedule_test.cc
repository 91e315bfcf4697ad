#include "services/family_economy/rules/review_schedule.h"

#include "services/family_economy/rules/assessment_testing.h"

namespace chuanyu::family_economy {
namespace {

constexpr auto kUrban = v1::HOUSEHOLD_TYPE_URBAN;
constexpr auto kRural = v1::HOUSEHOLD_TYPE_RURAL;

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

}  // namespace
}  // namespace chuanyu::family_economy
