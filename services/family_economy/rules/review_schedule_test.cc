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
    v1::BatchTier tier;
    int months;
  };
  for (const Row& row : {Row{{kUrban, false, true, true, true}, v1::BATCH_TIER_YEARLY, 12},
                         Row{{kRural, false, true, true, false}, v1::BATCH_TIER_YEARLY, 12},
                         Row{{kUrban, false, true, false, true}, v1::BATCH_TIER_HALF_YEARLY, 6},
                         Row{{kUrban, false, false, true, true}, v1::BATCH_TIER_HALF_YEARLY, 6},
                         Row{{kUrban, false, false, true, false}, v1::BATCH_TIER_HALF_YEARLY, 6},
                         Row{{kUrban, true, false, true, true}, v1::BATCH_TIER_MONTHLY, 1},
                         Row{{kRural, true, false, true, true}, v1::BATCH_TIER_QUARTERLY, 3},
                         // Somebody who could work beside somebody who is ill: the sooner of the two.
                         Row{{kUrban, true, true, true, true}, v1::BATCH_TIER_MONTHLY, 1}}) {
    EXPECT_EQ(TierOf(row.facts, Period().review), row.tier);
    EXPECT_EQ(MonthsBetween(row.tier), row.months);
  }
  EXPECT_EQ(MonthsBetween(v1::BATCH_TIER_UNSPECIFIED), 1);
}

TEST(Tiers, DifferByRegion) {
  const std::string folder = std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/assessment/";
  const ReviewFacts idle{.household = kUrban, .able_bodied_unemployed = true};
  for (const auto& [region, tier] : {std::pair<const char*, v1::BatchTier>{"500000", v1::BATCH_TIER_MONTHLY},
                                     {"510000", v1::BATCH_TIER_HALF_YEARLY}}) {
    const auto policy = AssessmentPolicy::Load(folder + region + ".toml");
    ASSERT_TRUE(policy.ok()) << policy.status();
    EXPECT_EQ(TierOf(idle, (*policy->PeriodOn(Date(2026, 3, 1)))->review), tier);
  }
}

// Batches have no other tier.
TEST(Tiers, AreMonthsQuartersHalvesOrYears) {
  const auto bad =
      AssessmentPolicy::Parse(TestPolicyWith("idle_rural_months = 3", "idle_rural_months = 4"), "test");
  EXPECT_TRUE(HasReason(bad.status(), Reason::CONFIG_INVALID)) << bad.status();
}

TEST(NextReview, KeepsTheDayOfTheFirstDecision) {
  const Date granted(2026, 1, 31);
  EXPECT_EQ(NextReview(granted, granted, v1::BATCH_TIER_MONTHLY), Date(2026, 2, 28));
  EXPECT_EQ(NextReview(granted, Date(2026, 2, 28), v1::BATCH_TIER_MONTHLY), Date(2026, 3, 31));
  EXPECT_EQ(NextReview(granted, Date(2026, 3, 12), v1::BATCH_TIER_MONTHLY), Date(2026, 4, 30));
  EXPECT_EQ(NextReview(Date(2024, 2, 29), Date(2024, 2, 29), v1::BATCH_TIER_YEARLY), Date(2025, 2, 28));
}

// As a batch counts from its as_of.
TEST(NextReview, IsTheSameDayOfALaterMonthOrItsLast) {
  struct Row {
    v1::BatchTier tier;
    Date as_of;
    Date due;
  };
  for (const Row& row : {Row{v1::BATCH_TIER_MONTHLY, Date(2026, 1, 31), Date(2026, 2, 28)},
                         Row{v1::BATCH_TIER_MONTHLY, Date(2026, 12, 15), Date(2027, 1, 15)},
                         Row{v1::BATCH_TIER_QUARTERLY, Date(2026, 11, 30), Date(2027, 2, 28)},
                         Row{v1::BATCH_TIER_HALF_YEARLY, Date(2026, 8, 31), Date(2027, 2, 28)},
                         Row{v1::BATCH_TIER_YEARLY, Date(2024, 2, 29), Date(2025, 2, 28)}}) {
    EXPECT_EQ(NextReview(row.as_of, row.as_of, row.tier), row.due) << FormatDate(row.as_of);
  }
}

TEST(PreviousReview, IsTheSameDayOfAnEarlierMonthOrItsLast) {
  EXPECT_EQ(PreviousReview(v1::BATCH_TIER_MONTHLY, Date(2026, 3, 31)), Date(2026, 2, 28));
  EXPECT_EQ(PreviousReview(v1::BATCH_TIER_QUARTERLY, Date(2026, 2, 15)), Date(2025, 11, 15));
  EXPECT_EQ(PreviousReview(v1::BATCH_TIER_YEARLY, Date(2024, 2, 29)), Date(2023, 2, 28));
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
