// The boundaries of domain page §4.4, each at one fen below, on and above it. S·n is 225 000 fen.
#include "services/family_economy/rules/assessment.h"

#include <limits>

#include "gmock/gmock.h"
#include "services/family_economy/rules/assessment_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr int64_t kNeed = 225'000;

const AppliedRule* FindRule(const Proposal& proposal, const std::string& id) {
  for (const AppliedRule& rule : proposal.rules) {
    if (rule.id == id) return &rule;
  }
  return nullptr;
}

TEST(Bands, OfANewApplicant) {
  struct Row {
    int64_t income;
    ProposalKind kind;
    std::optional<int64_t> amount;
  };
  for (const Row& row :
       {Row{0, ProposalKind::kDibao, kNeed}, Row{1, ProposalKind::kDibao, kNeed - 1},
        Row{kNeed - 1, ProposalKind::kDibao, 1}, Row{kNeed, ProposalKind::kEdge, {}},
        Row{kNeed + 1, ProposalKind::kEdge, {}}, Row{337'499, ProposalKind::kEdge, {}},
        Row{337'500, ProposalKind::kNotEligible, {}}, Row{337'501, ProposalKind::kNotEligible, {}}}) {
    const Proposal proposal = AssessOrDie(TestHouseholdWithWage(row.income));
    EXPECT_EQ(proposal.kind, row.kind) << row.income;
    EXPECT_EQ(proposal.amount_fen_month, row.amount) << row.income;
    EXPECT_EQ(proposal.income_fen_month, row.income);
    EXPECT_EQ(proposal.standard_fen_month, 75'000);
    EXPECT_EQ(proposal.members, 3);
  }
}

// 1.5 times an odd S·n is no whole fen: 2·I < 3·S·n decides.
TEST(Bands, OfAnOddStandard) {
  AssessmentInput input = TestHousehold();
  input.place = "500112";  // 76 001
  input.members.resize(1);
  input.classes.resize(2);
  for (const auto& [income, kind] : {std::pair<int64_t, ProposalKind>{114'001, ProposalKind::kEdge},
                                     {114'002, ProposalKind::kNotEligible}}) {
    input.incomes = {{"P01", IncomeKind::kWage, Month(2026, 2), income}};
    EXPECT_EQ(AssessOrDie(input).kind, kind) << income;
  }
}

TEST(Bands, OfAFamilyInDibao) {
  struct Row {
    int64_t income;
    ProposalKind kind;
    std::optional<int64_t> amount;
  };
  for (const Row& row :
       {Row{kNeed - 1, ProposalKind::kDibao, 1},
        // Not below and not above: the rules leave a gap, so a person decides.
        Row{kNeed, ProposalKind::kManual, {}}, Row{kNeed + 1, ProposalKind::kGradualExit, 90'000},
        Row{337'499, ProposalKind::kGradualExit, 90'000}, Row{337'500, ProposalKind::kNotEligible, {}}}) {
    AssessmentInput input = TestHouseholdWithWage(row.income);
    input.current = CurrentDibao{.amount_fen_month = 90'000};
    const Proposal proposal = AssessOrDie(input);
    EXPECT_EQ(proposal.kind, row.kind) << row.income;
    EXPECT_EQ(proposal.amount_fen_month, row.amount) << row.income;
    if (row.kind == ProposalKind::kManual) {
      EXPECT_THAT(proposal.manual_reasons, ElementsAre(ManualReason::kIncomeEqualsStandard));
    }
  }
}

// Six months and no more, over the end of a year and of a leap February.
TEST(GradualExit, LastsSixMonths) {
  struct Row {
    Date as_of;
    std::optional<Month> exit_from;
    ProposalKind kind;
    std::optional<Month> until;
  };
  for (const Row& row : {Row{Date(2026, 3, 31), {}, ProposalKind::kGradualExit, Month(2026, 9)},
                         Row{Date(2024, 2, 29), {}, ProposalKind::kGradualExit, Month(2024, 8)},
                         Row{Date(2024, 8, 31), {}, ProposalKind::kGradualExit, Month(2025, 2)},
                         Row{Date(2026, 3, 1), Month(2025, 10), ProposalKind::kGradualExit, Month(2026, 3)},
                         Row{Date(2026, 3, 31), Month(2025, 10), ProposalKind::kGradualExit, Month(2026, 3)},
                         Row{Date(2026, 4, 1), Month(2025, 10), ProposalKind::kEdge, {}}}) {
    AssessmentInput input = TestHousehold();
    input.as_of = row.as_of;
    input.incomes = {{"P01", IncomeKind::kWage, Month(row.as_of) - 1, kNeed + 1}};
    input.current = CurrentDibao{.amount_fen_month = 1, .exit_from = row.exit_from};
    const Proposal proposal = AssessOrDie(input);
    EXPECT_EQ(proposal.kind, row.kind) << FormatDate(row.as_of);
    EXPECT_EQ(proposal.exit_until, row.until) << FormatDate(row.as_of);
  }
}

// Scenario 6: employed 2026-03-10, 3 000 元 a month: 0 for 2026-03 to 2026-08, counted from 2026-09.
TEST(EmploymentDisregard, Scenario6) {
  AssessmentInput input = TestHousehold();
  input.current = CurrentDibao{.amount_fen_month = 100'000};
  input.members[1].in_dibao = true;
  input.members[1].employed_since = Month(Date(2026, 3, 10));
  for (Month month(2026, 3); month <= Month(2026, 12); ++month) {
    input.incomes.push_back({"P02", IncomeKind::kWage, month, 300'000});
    const bool disregarded = month <= Month(2026, 8);
    EXPECT_EQ(IsDisregarded(input.members[1], month, 6), disregarded) << month;
    // The window of the test policy is the month before.
    input.as_of = Date(month + 1);
    if (input.as_of > Date(2026, 12, 31)) break;
    const Proposal proposal = AssessOrDie(input);
    EXPECT_EQ(proposal.income_fen_month, disregarded ? 0 : 300'000) << month;
    EXPECT_EQ(proposal.kind, disregarded ? ProposalKind::kDibao : ProposalKind::kGradualExit) << month;
  }
  EXPECT_FALSE(IsDisregarded(input.members[1], Month(2026, 2), 6));
}

TEST(EmploymentDisregard, IsForMembersInDibaoAndForWorkOnly) {
  AssessmentInput input = TestHousehold();
  input.members[0].employed_since = Month(2026, 2);
  input.incomes = {{"P01", IncomeKind::kWage, Month(2026, 2), 1'000},
                   {"P01", IncomeKind::kBusiness, Month(2026, 2), 200},
                   {"P01", IncomeKind::kTransfer, Month(2026, 2), 30}};
  EXPECT_EQ(AssessOrDie(input).income_fen_month, 1'230);
  input.members[0].in_dibao = true;
  const Proposal proposal = AssessOrDie(input);
  EXPECT_EQ(proposal.income_fen_month, 30);
  const AppliedRule* rule = FindRule(proposal, "EMPLOYMENT_DISREGARD.WAGE");
  ASSERT_NE(rule, nullptr);
  EXPECT_THAT(rule->inputs, ElementsAre(Pair("first_month", 202602), Pair("last_month", 202607)));
  EXPECT_THAT(rule->outputs, ElementsAre(Pair("disregarded_fen", 1'000)));
}

// Month before for wages, twelve months for farming, three for property; nothing outside, the own month not.
TEST(Windows, AverageEachKindOverItsOwnMonths) {
  struct Row {
    IncomeKind kind;
    Month month;
    int64_t fen;
    int64_t twelfths;
  };
  for (const Row& row :
       {Row{IncomeKind::kWage, Month(2026, 2), 100, 1'200}, Row{IncomeKind::kWage, Month(2026, 3), 100, 0},
        Row{IncomeKind::kWage, Month(2026, 1), 100, 0}, Row{IncomeKind::kFarming, Month(2025, 3), 100, 100},
        Row{IncomeKind::kFarming, Month(2025, 2), 100, 0},
        Row{IncomeKind::kFarming, Month(2026, 2), 100, 100},
        Row{IncomeKind::kProperty, Month(2025, 12), 100, 400},
        Row{IncomeKind::kProperty, Month(2025, 11), 100, 0},
        Row{IncomeKind::kDisabilitySubsidy, Month(2026, 2), 100, 0},
        Row{IncomeKind::kChildWelfare, Month(2026, 2), 100, 0},
        Row{IncomeKind::kHonourPension, Month(2026, 2), 100, 0},
        Row{IncomeKind::kScholarship, Month(2026, 2), 100, 0},
        Row{IncomeKind::kRelief, Month(2026, 2), 100, 0}}) {
    AssessmentInput input = TestHousehold();
    input.incomes = {{"P02", row.kind, row.month, row.fen}};
    EXPECT_EQ(AssessOrDie(input).income_twelfths, row.twelfths) << NameOf(row.kind) << " " << row.month;
  }
}

// A twelfth of a fen below S·n is below it; on it, a family in 低保 is in the gap.
TEST(Windows, FractionsOfAFenDecideExactly) {
  AssessmentInput input = TestHouseholdWithWage(kNeed - 1);
  input.current = CurrentDibao{.amount_fen_month = 1};
  for (const auto& [farming, kind] : {std::pair<int64_t, ProposalKind>{11, ProposalKind::kDibao},
                                      {12, ProposalKind::kManual},
                                      {13, ProposalKind::kGradualExit}}) {
    input.incomes.resize(1);
    input.incomes.push_back({"P02", IncomeKind::kFarming, Month(2025, 6), farming});
    const Proposal proposal = AssessOrDie(input);
    EXPECT_EQ(proposal.kind, kind) << farming;
    if (kind == ProposalKind::kDibao) {
      EXPECT_EQ(*proposal.amount_fen_month + proposal.income_fen_month, kNeed);
    }
  }
}

TEST(Deductions, AreCappedByAmountAndByShareOfTheIncomeTheyBelongTo) {
  struct Row {
    DeductionKind kind;
    const char* member;
    int64_t claimed;
    int64_t income;  // what is left of a wage of 100 000 and a transfer of 20 000, both P01's
  };
  for (const Row& row : {Row{DeductionKind::kEmploymentCost, "P01", 19'999, 100'001},
                         Row{DeductionKind::kEmploymentCost, "P01", 20'000, 100'000},
                         Row{DeductionKind::kEmploymentCost, "P01", 20'001, 100'000},  // 20 % of the wage
                         Row{DeductionKind::kEmploymentCost, "P02", 20'000, 120'000},  // P02 earns nothing
                         Row{DeductionKind::kSupportFee, "P01", 20'001, 100'000},      // all of the transfer
                         Row{DeductionKind::kDisabilityCare, "P01", 20'000, 120'000},  // not allowed
                         Row{DeductionKind::kIllness, "P03", 12, 119'999},  // averaged over 12 months
                         // What an ill child costs is taken off what its parents earn.
                         Row{DeductionKind::kIllness, "P03", 1'200'000, 20'000},
                         Row{DeductionKind::kIllness, "P03", 1'200'012, 20'000}}) {
    AssessmentInput input = TestHouseholdWithWage(100'000);
    input.incomes.push_back({"P01", IncomeKind::kTransfer, Month(2026, 2), 20'000});
    input.deductions = {{row.member, row.kind, Month(2026, 2), row.claimed}};
    EXPECT_EQ(AssessOrDie(input).income_fen_month, row.income) << NameOf(row.kind) << " " << row.claimed;
  }
}

TEST(Deductions, NeverMakeTheIncomeNegative) {
  AssessmentInput input = TestHousehold();
  input.deductions = {{"P03", DeductionKind::kIllness, Month(2026, 1), 500'000}};
  const Proposal proposal = AssessOrDie(input);
  EXPECT_EQ(proposal.income_fen_month, 0);
  EXPECT_EQ(proposal.amount_fen_month, kNeed);
}

// Domain page §4.4, 单人保.
TEST(SinglePerson, IsASeverelyDisabledOrIllMemberOfAnEdgeFamily) {
  struct Row {
    DisabilityPair pair;
    bool illness;
    bool covered;
  };
  for (const Row& row : {Row{{4, 1}, false, true}, Row{{1, 2}, false, true}, Row{{5, 3}, false, true},
                         Row{{6, 3}, false, true}, Row{{4, 3}, false, false}, Row{{7, 3}, false, false},
                         Row{{5, 4}, false, false}, Row{{0, 0}, true, true}, Row{{0, 0}, false, false}}) {
    AssessmentInput input = TestHouseholdWithWage(kNeed);
    input.members[1].disabilities = {row.pair};
    input.members[1].serious_illness = row.illness;
    const Proposal proposal = AssessOrDie(input);
    EXPECT_EQ(proposal.kind, ProposalKind::kEdge);
    EXPECT_THAT(proposal.single_persons, SizeIs(row.covered ? 1 : 0)) << row.pair.type << row.pair.grade;
    if (row.covered) {
      EXPECT_EQ(proposal.single_persons[0].member_id, "P02");
      EXPECT_EQ(proposal.single_persons[0].amount_fen_month, 75'000);
    }
    input.incomes[0].net_fen = kNeed - 1;  // 低保 covers the whole family
    EXPECT_THAT(AssessOrDie(input).single_persons, IsEmpty());
    input.incomes[0].net_fen = 337'500;
    EXPECT_THAT(AssessOrDie(input).single_persons, IsEmpty());
  }
}

TEST(SinglePerson, OwnIncomeIsTakenOffAndAboveTheStandardThereIsNone) {
  for (const auto& [own, amount] : {std::pair<int64_t, int64_t>{74'999, 1}, {75'000, 0}}) {
    AssessmentInput input = TestHouseholdWithWage(kNeed);
    input.incomes.push_back({"P02", IncomeKind::kTransfer, Month(2026, 2), own});
    input.members[1].serious_illness = true;
    const Proposal proposal = AssessOrDie(input);
    ASSERT_EQ(proposal.kind, ProposalKind::kEdge);
    EXPECT_THAT(proposal.single_persons, SizeIs(amount > 0 ? 1 : 0));
    for (const SinglePerson& single : proposal.single_persons) EXPECT_EQ(single.amount_fen_month, amount);
  }
}

TEST(PropertyTest, LimitsAreTheHouseholds) {
  struct Row {
    PropertyKind kind;
    int64_t quantity;
    ProposalKind expected;
  };
  for (const Row& row : {Row{PropertyKind::kFinancial, 24 * kNeed, ProposalKind::kDibao},
                         Row{PropertyKind::kFinancial, 24 * kNeed + 1, ProposalKind::kNotEligible},
                         Row{PropertyKind::kHousing, 1, ProposalKind::kDibao},
                         Row{PropertyKind::kHousing, 2, ProposalKind::kNotEligible},
                         Row{PropertyKind::kVehicle, 1, ProposalKind::kNotEligible},
                         Row{PropertyKind::kCompany, 1, ProposalKind::kManual}}) {
    AssessmentInput input = TestHouseholdWithWage(100);
    input.property = {{"P02", row.kind, row.quantity}};
    const Proposal proposal = AssessOrDie(input);
    EXPECT_EQ(proposal.kind, row.expected) << NameOf(row.kind) << " " << row.quantity;
    EXPECT_EQ(proposal.amount_fen_month.has_value(), row.expected == ProposalKind::kDibao);
  }
}

// Scenario 4: a source that is down never reads as "has nothing".
TEST(Incomplete, WheneverANeededClassWasNotChecked) {
  for (const v1::ResultState state :
       {v1::RESULT_STATE_NOT_CHECKED, v1::RESULT_STATE_ERROR, v1::RESULT_STATE_UNSPECIFIED}) {
    for (const int64_t income : {int64_t{0}, kNeed, int64_t{500'000}}) {
      AssessmentInput input = TestHouseholdWithWage(income);
      input.members[1].serious_illness = true;
      input.classes[2].state = state;  // A05 of P02
      const Proposal proposal = AssessOrDie(input);
      EXPECT_EQ(proposal.kind, ProposalKind::kIncomplete);
      EXPECT_THAT(proposal.missing, ElementsAre(Pair("P02", v1::DATA_CLASS_A05_REAL_ESTATE)));
      EXPECT_EQ(proposal.amount_fen_month, std::nullopt);
      EXPECT_THAT(proposal.single_persons, IsEmpty());
      EXPECT_THAT(FindRule(proposal, "BANDS")->outputs, IsEmpty());
      EXPECT_EQ(FindRule(proposal, "SINGLE_PERSON"), nullptr);
    }
  }
}

TEST(Incomplete, WhenNobodyAskedOrOneRegionOfTwoIsSilent) {
  AssessmentInput input = TestHousehold();
  input.classes.pop_back();
  EXPECT_THAT(AssessOrDie(input).missing, ElementsAre(Pair("P03", v1::DATA_CLASS_A10_ASSISTANCE)));
  input = TestHousehold();
  input.classes.push_back({"P01", v1::DATA_CLASS_A10_ASSISTANCE, v1::RESULT_STATE_NOT_CHECKED});
  EXPECT_EQ(AssessOrDie(input).kind, ProposalKind::kIncomplete);
  input = TestHousehold();  // a class that is not needed
  input.classes.push_back({"P01", v1::DATA_CLASS_A15_UTILITIES, v1::RESULT_STATE_NOT_CHECKED});
  EXPECT_EQ(AssessOrDie(input).kind, ProposalKind::kDibao);
}

TEST(Manual, WhereARuleIsNotKnownOrAFindingIsOpen) {
  AssessmentInput input = TestHousehold();
  input.incomes = {{"P01", IncomeKind::kBasicPension, Month(2026, 2), 1}};
  EXPECT_THAT(AssessOrDie(input).manual_reasons, ElementsAre(ManualReason::kIncomeUndecided));
  input = TestHousehold();
  input.deductions = {{"P01", DeductionKind::kEducation, Month(2020, 1), 1}};
  EXPECT_THAT(AssessOrDie(input).manual_reasons, ElementsAre(ManualReason::kDeductionUndecided));
  input = TestHousehold();
  input.classes.push_back({"P01", v1::DATA_CLASS_A03_DEATH, v1::RESULT_STATE_HIT});
  EXPECT_THAT(AssessOrDie(input).manual_reasons, ElementsAre(ManualReason::kDeathRecorded));
  input = TestHousehold();
  input.manual_reasons = {ManualReason::kFindingsUnsettled};
  const Proposal proposal = AssessOrDie(input);
  EXPECT_THAT(proposal.manual_reasons, ElementsAre(ManualReason::kFindingsUnsettled));
  EXPECT_EQ(proposal.kind, ProposalKind::kManual);
  EXPECT_EQ(proposal.amount_fen_month, std::nullopt);
}

// A parameter that is missing is said so, and what is known beside it is not lost.
TEST(Manual, WhereAParameterIsMissing) {
  AssessmentInput input = TestHouseholdWithWage(1'000);
  input.as_of = Date(2023, 12, 31);
  Proposal proposal = AssessOrDie(input);
  EXPECT_EQ(proposal.kind, ProposalKind::kManual);
  EXPECT_THAT(proposal.manual_reasons, ElementsAre(ManualReason::kNoPolicy));
  EXPECT_THAT(proposal.rules, IsEmpty());

  const auto policy =
      AssessmentPolicy::Parse(TestPolicyWith("household = \"URBAN\"\nfrom = 2024-01-01\nto = 2026-08-31",
                                             "household = \"URBAN\"\nfrom = 2026-04-01\nto = 2026-08-31"),
                              "p");
  ASSERT_TRUE(policy.ok()) << policy.status();
  input = TestHouseholdWithWage(1'000);
  input.classes[0].state = v1::RESULT_STATE_NOT_CHECKED;
  input.manual_reasons = {ManualReason::kFindingsUnsettled};
  proposal = *Assess(input, *policy);
  EXPECT_EQ(proposal.kind, ProposalKind::kManual);
  EXPECT_THAT(proposal.manual_reasons,
              ElementsAre(ManualReason::kFindingsUnsettled, ManualReason::kNoStandard));
  EXPECT_THAT(proposal.missing, SizeIs(1));
  EXPECT_EQ(proposal.income_fen_month, 1'000);
  EXPECT_EQ(proposal.standard_fen_month, 0);
  EXPECT_EQ(proposal.amount_fen_month, std::nullopt);
}

TEST(Standards, ChangeWithTheDayAndSayWhenUnconfirmed) {
  AssessmentInput input = TestHousehold();
  input.as_of = Date(2026, 8, 31);
  EXPECT_EQ(AssessOrDie(input).amount_fen_month, kNeed);
  input.as_of = Date(2026, 9, 1);
  EXPECT_EQ(AssessOrDie(input).amount_fen_month, 3 * 78'000);
  EXPECT_FALSE(AssessOrDie(input).standard_unconfirmed);
  const auto policy =
      AssessmentPolicy::Parse(TestPolicyWith("confirmed_to = 2026-12-31", "confirmed_to = 2026-09-01"), "p");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_FALSE(Assess(input, *policy)->standard_unconfirmed);
  input.as_of = Date(2026, 9, 2);
  EXPECT_TRUE(Assess(input, *policy)->standard_unconfirmed);
}

TEST(BadInput, IsNamed) {
  const auto reason = [](const AssessmentInput& input) {
    const auto proposal = Assess(input, TestPolicy());
    return ReasonOf(proposal.status());
  };
  AssessmentInput input = TestHousehold();
  input.members.clear();
  EXPECT_EQ(reason(input), Reason::BAD_REQUEST);
  input = TestHousehold();
  input.members[1].id = "P01";
  EXPECT_EQ(reason(input), Reason::BAD_REQUEST);
  EXPECT_EQ(reason(TestHouseholdWithWage(-1)), Reason::BAD_REQUEST);
  input = TestHouseholdWithWage(1);
  input.incomes[0].member_id = "P09";
  EXPECT_EQ(reason(input), Reason::BAD_REQUEST);
  EXPECT_EQ(FieldOf(Assess(input, TestPolicy()).status()), "incomes[0].member_id");
  // Amounts whose sum, product or average is out of range.
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(reason(TestHouseholdWithWage(kMost)), Reason::BAD_REQUEST);
  EXPECT_EQ(reason(TestHouseholdWithWage(kMost / 12)), Reason::BAD_REQUEST);
  input = TestHousehold();
  input.property = {{"P01", PropertyKind::kFinancial, kMost}, {"P02", PropertyKind::kFinancial, 1}};
  EXPECT_EQ(reason(input), Reason::BAD_REQUEST);
  input = TestHousehold();
  input.place = "511623";
  EXPECT_EQ(reason(input), Reason::ORG_NOT_COMPETENT);
}

}  // namespace
}  // namespace chuanyu::family_economy
