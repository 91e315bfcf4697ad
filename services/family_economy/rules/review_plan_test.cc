// How often the demo's family is looked at again, as one thing after the other is known of it. P01 and P02
// are adults of working age, P03 is their child. Synthetic persons.
#include "services/family_economy/rules/review_plan.h"

#include <functional>

#include "common/calendar/china_time.h"
#include "gmock/gmock.h"
#include "services/family_economy/rules/assessment_testing.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kYearly = v1::BATCH_TIER_YEARLY;
constexpr auto kHalf = v1::BATCH_TIER_HALF_YEARLY;
constexpr auto kQuarterly = v1::BATCH_TIER_QUARTERLY;
constexpr auto kMonthly = v1::BATCH_TIER_MONTHLY;
constexpr auto kIncome = v1::REVIEW_UNKNOWN_INCOME_STABLE;
constexpr auto kMembers = v1::REVIEW_UNKNOWN_MEMBERS_STABLE;

using Change = std::function<void(v1::Verification&)>;

void Employ(v1::Verification& check) {
  for (v1::Member& member : *check.mutable_household()->mutable_members()) {
    if (member.member_id() != "P03") member.mutable_employed_since()->set_value("2025-11");
  }
}
void Stable(v1::Verification& check) {
  check.mutable_economy()->set_income_stable(true);
  check.mutable_economy()->set_members_stable(true);
}
void Ill(v1::Verification& check) { MemberAt(check, 1).set_serious_illness(true); }
void Rural(v1::Verification& check) { check.mutable_household()->set_type(v1::HOUSEHOLD_TYPE_RURAL); }
void Earn(v1::Verification& check, const std::string& member, const std::string& month, v1::IncomeKind kind) {
  v1::Income& income = *check.mutable_economy()->add_incomes();
  income.set_member_id(member);
  income.set_kind(kind);
  income.mutable_month()->set_value(month);
  income.mutable_net()->set_amount(1);
}
void BothEarn(v1::Verification& check) {
  Earn(check, "P01", "2026-02", v1::INCOME_KIND_WAGE);
  Earn(check, "P02", "2026-02", v1::INCOME_KIND_BUSINESS);
}
void Insure(v1::Verification& check, v1::InsuranceRole role) {
  v1::MemberResult& result = *check.add_results();
  result.set_member_id("P01");
  result.mutable_result()->set_state(v1::RESULT_STATE_HIT);
  v1::SocialInsurance& item = *result.mutable_result()->add_items()->mutable_social_insurance();
  item.set_type(v1::SOCIAL_INSURANCE_TYPE_UNEMPLOYMENT);
  item.set_role(role);
}
Change All(std::vector<Change> changes) {
  return [changes = std::move(changes)](v1::Verification& check) {
    for (const Change& change : changes) change(check);
  };
}

v1::Verification Granted(const Change& change) {
  v1::Verification check = Demo();
  change(check);
  v1::Decision& decision = *check.mutable_decision();
  decision.set_outcome(v1::DECISION_OUTCOME_GRANTED);
  decision.mutable_decided_at()->set_seconds(absl::ToUnixSeconds(TestNow()));
  decision.set_report_no("R1");
  return check;
}
v1::Verification Planned(const Change& change) {
  v1::Verification check = Granted(change);
  PlanReview(&TestPolicy(), TestContext(), &check);
  return check;
}

struct Row {
  const char* what;
  Change change;
  v1::BatchTier tier;
  std::vector<int> unknown;
};

TEST(ReviewPlan, TakesWhatIsNotKnownForTheStricter) {
  const Row rows[] = {
      {"nothing is known", [](auto&) {}, kMonthly, {kIncome, kMembers, v1::REVIEW_UNKNOWN_EMPLOYMENT}},
      {"in the country", Rural, kQuarterly, {kIncome, kMembers, v1::REVIEW_UNKNOWN_EMPLOYMENT}},
      {"both work", Employ, kHalf, {kIncome, kMembers}},
      {"both earn", BothEarn, kHalf, {kIncome, kMembers}},
      {"an economy without earnings is a statement",
       [](auto& check) { check.mutable_economy(); },
       kMonthly,
       {kIncome, kMembers}},
      {"earnings of before the policy's window",
       [](auto& check) {
         Earn(check, "P01", "2026-01", v1::INCOME_KIND_WAGE);
         Earn(check, "P02", "2026-02", v1::INCOME_KIND_WAGE);
       },
       kMonthly,
       {kIncome, kMembers}},
      {"a pension is no work",
       [](auto& check) {
         Earn(check, "P01", "2026-02", v1::INCOME_KIND_TRANSFER);
         Earn(check, "P02", "2026-02", v1::INCOME_KIND_WAGE);
       },
       kMonthly,
       {kIncome, kMembers}},
      {"both work, all stable", All({Employ, Stable}), kHalf, {}},
      {"one works, one is ill", All({Employ, Ill}), kHalf, {kIncome, kMembers}},
      {"one works, one is ill, all stable", All({Employ, Ill, Stable}), kYearly, {}},
      {"one is out of work, one is ill, all stable", All({Ill, Stable}), kMonthly, {}},
      {"stated not to be stable",
       All({Employ, Ill,
            [](auto& check) {
              check.mutable_economy()->set_income_stable(false);
              check.mutable_economy()->set_members_stable(false);
            }}),
       kHalf,
       {}},
      {"declared stable, with a finding that nobody settled",
       All({Employ, Ill, Stable, [](auto& check) { check.add_duplicates()->set_member_id("P01"); }}),
       kHalf,
       {kIncome, kMembers}},
      {"declared stable, with a life event",
       All({Employ, Ill, Stable, [](auto& check) { check.add_life_events()->set_member_id("P03"); }}),
       kYearly,
       {kMembers}},
      {"a life event that was taken back",
       All({Employ, Stable, [](auto& check) { check.add_life_events()->set_withdrawn(true); }}),
       kHalf,
       {}},
      {"a register knows better",
       All({Employ, Stable, [](auto& check) { Insure(check, v1::INSURANCE_ROLE_RECIPIENT); }}),
       kMonthly,
       {}},
      {"who pays in draws nothing",
       All({Employ, Stable, [](auto& check) { Insure(check, v1::INSURANCE_ROLE_CONTRIBUTOR); }}),
       kHalf,
       {}},
      {"both study",
       All({Stable,
            [](auto& check) {
              MemberAt(check, 0).set_student(true);
              MemberAt(check, 1).set_student(true);
            }}),
       kHalf,
       {}},
      {"severely disabled",
       All({Employ, Stable,
            [](auto& check) {
              MemberAt(check, 1).mutable_disability()->set_type(5);
              MemberAt(check, 1).mutable_disability()->set_grade(3);
            }}),
       kYearly,
       {}},
      {"disabled, and able to work",
       All({Stable,
            [](auto& check) {
              Employ(check);
              MemberAt(check, 1).clear_employed_since();
              MemberAt(check, 1).mutable_disability()->set_type(4);
              MemberAt(check, 1).mutable_disability()->set_grade(3);
            }}),
       kMonthly,
       {}},
  };
  for (const Row& row : rows) {
    const v1::Verification check = Planned(row.change);
    EXPECT_EQ(check.review_tier(), row.tier) << row.what;
    EXPECT_THAT(std::vector<int>(check.review_unknowns().begin(), check.review_unknowns().end()),
                ::testing::ElementsAreArray(row.unknown))
        << row.what;
    const int months = MonthsBetween(row.tier);
    EXPECT_EQ(check.next_review_date().value(), FormatDate(AddMonths(Date(2026, 3, 20), months))) << row.what;
  }
}

// A person without a number, and one who is left out.
TEST(ReviewPlan, SaysOfWhomItDoesNotKnowEnough) {
  const v1::Verification unnumbered = Planned(All({Employ, Stable, [](auto& check) {
                                                     auto& person = *MemberAt(check, 2).mutable_person();
                                                     person.set_doc_type(type::v1::DOC_TYPE_NONE);
                                                     person.clear_doc_no();
                                                     person.set_person_ref("ref-1");
                                                     MemberAt(check, 2).set_student(false);
                                                   }}));
  EXPECT_EQ(unnumbered.review_tier(), kMonthly);
  EXPECT_THAT(unnumbered.review_unknowns(),
              ElementsAre(v1::REVIEW_UNKNOWN_AGE, v1::REVIEW_UNKNOWN_MEMBERSHIP));
  const v1::Verification prisoner =
      Planned(All({Stable, [](auto& check) {
                     MemberAt(check, 0).mutable_employed_since()->set_value("2025-11");
                     auto& one = *check.mutable_economy()->add_circumstances();
                     one.set_member_id("P02");
                     one.set_prisoner(true);
                   }}));
  EXPECT_EQ(prisoner.review_tier(), kHalf);
}

TEST(ReviewPlan, OfAnotherBenefitOrWithoutPolicyThereIsNone) {
  for (const auto& [change, policy, why] : {std::tuple<Change, const AssessmentPolicy*, v1::ReviewUnknown>(
                                                [](auto& check) { check.set_assist_type("P-TEKUN"); },
                                                &TestPolicy(), v1::REVIEW_UNKNOWN_NO_RULES),
                                            {[](auto&) {}, nullptr, v1::REVIEW_UNKNOWN_NO_POLICY},
                                            {[](auto&) {}, &TestPolicy(), v1::REVIEW_UNKNOWN_NO_POLICY}}) {
    v1::Verification check = Granted(change);
    // Long before the first day of the policy.
    if (policy != nullptr && why == v1::REVIEW_UNKNOWN_NO_POLICY) {
      check.mutable_decision()->mutable_decided_at()->set_seconds(0);
    }
    PlanReview(policy, TestContext(), &check);
    EXPECT_EQ(check.review_tier(), v1::BATCH_TIER_UNSPECIFIED);
    EXPECT_FALSE(check.has_next_review_date());
    EXPECT_THAT(check.review_unknowns(), ElementsAre(why));
  }
}

TEST(ReviewPlan, FollowsAGrantOnlyAndOnce) {
  v1::Verification refused = Granted(Employ);
  refused.mutable_decision()->set_outcome(v1::DECISION_OUTCOME_REFUSED);
  v1::Verification undecided = Demo();
  for (v1::Verification* const check : {&refused, &undecided}) {
    PlanReview(&TestPolicy(), TestContext(), check);
    EXPECT_FALSE(check->has_next_review_date());
    EXPECT_THAT(check->review_unknowns(), IsEmpty());
  }
  v1::Verification planned = Planned(Employ);
  const std::string before = planned.SerializeAsString();
  Stable(planned);
  planned.clear_economy();
  PlanReview(&TestPolicy(), TestContext(), &planned);
  EXPECT_EQ(planned.SerializeAsString(), before);
}

// 复核: what was granted on the 31st is looked at on the last day of each month.
TEST(ReviewPlan, AContestedGrantKeepsItsDay) {
  v1::Verification check = Granted([](auto&) {});
  v1::Decision& earlier = *check.add_earlier_reports()->mutable_decision();
  earlier.set_outcome(v1::DECISION_OUTCOME_GRANTED);
  earlier.mutable_decided_at()->set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(Date(2026, 1, 31), ChinaTime())));
  PlanReview(&TestPolicy(), TestContext(), &check);
  EXPECT_EQ(check.next_review_date().value(), "2026-04-30");
}

}  // namespace
}  // namespace chuanyu::family_economy
