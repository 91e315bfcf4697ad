// What must hold of every household, on random ones. The seed is fixed and printed with a failure.
#include <algorithm>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/assessment_testing.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kHouseholds = 3'000;

class Households {
 public:
  explicit Households(uint32_t seed) : random_(seed) {}

  int64_t Number(int64_t min, int64_t max) {
    return std::uniform_int_distribution<int64_t>(min, max)(random_);
  }
  bool OneIn(int n) { return Number(1, n) == 1; }
  std::mt19937& random() { return random_; }

  // Only kinds that a rule decides, so that the outcome is by the numbers alone.
  AssessmentInput Draw() {
    AssessmentInput input{.place = OneIn(2) ? "500112" : "500199",
                          .household_type = OneIn(3) ? v1::HOUSEHOLD_TYPE_RURAL : v1::HOUSEHOLD_TYPE_URBAN,
                          .as_of = Date(2024, 1, 1) + Number(0, 1'000)};
    const int64_t members = Number(1, 6);
    for (int64_t at = 0; at < members; ++at) AddMember(absl::StrCat("M", at), input);
    // Around the boundaries: the last incomes are drawn so that I is near S·n or 1.5·S·n.
    const int64_t need = members * 75'000;
    AddIncome("M0", IncomeKind::kWage, Number(0, 2) * need / 2 + Number(-3, 3), input);
    if (OneIn(2)) input.current = CurrentDibao{.amount_fen_month = Number(0, need)};
    return input;
  }

  void AddIncome(const std::string& id, IncomeKind kind, int64_t fen, AssessmentInput& input) {
    input.incomes.push_back({id, kind, Month(input.as_of) - Number(1, 3), std::max<int64_t>(fen, 0)});
  }

 private:
  void AddMember(const std::string& id, AssessmentInput& input) {
    AssessedMember member{.id = id, .in_dibao = OneIn(3)};
    if (OneIn(3)) member.employed_since = Month(input.as_of) - Number(0, 9);
    if (OneIn(4)) member.disabilities = {{static_cast<int>(Number(1, 7)), static_cast<int>(Number(1, 4))}};
    input.members.push_back(member);
    input.classes.push_back({id, v1::DATA_CLASS_A05_REAL_ESTATE, v1::RESULT_STATE_NO_HIT});
    input.classes.push_back({id, v1::DATA_CLASS_A10_ASSISTANCE, v1::RESULT_STATE_HIT});
    constexpr IncomeKind kKinds[] = {IncomeKind::kWage,     IncomeKind::kBusiness, IncomeKind::kFarming,
                                     IncomeKind::kProperty, IncomeKind::kTransfer, IncomeKind::kRelief};
    for (const IncomeKind kind : kKinds) {
      if (OneIn(3)) AddIncome(id, kind, Number(0, 80'000), input);
    }
    constexpr DeductionKind kClaims[] = {DeductionKind::kEmploymentCost, DeductionKind::kIllness,
                                         DeductionKind::kDisabilityCare, DeductionKind::kSupportFee};
    for (const DeductionKind kind : kClaims) {
      if (OneIn(4)) input.deductions.push_back({id, kind, Month(input.as_of) - 1, Number(0, 90'000)});
    }
    if (OneIn(5)) input.property.push_back({id, PropertyKind::kFinancial, Number(0, 3'000'000)});
  }

  std::mt19937 random_;
};

// How much a proposal gives, to compare.
int Rank(ProposalKind kind) {
  switch (kind) {
    case ProposalKind::kDibao:
      return 4;
    case ProposalKind::kManual:  // at exactly I = S·n of a family in 低保
      return 3;
    case ProposalKind::kGradualExit:
      return 2;
    case ProposalKind::kEdge:
      return 1;
    default:
      return 0;
  }
}

std::map<std::string, std::optional<int64_t>> SingleAmounts(const Proposal& proposal) {
  std::map<std::string, std::optional<int64_t>> amounts;
  for (const SinglePerson& single : proposal.single_persons) {
    amounts[single.member_id] = single.amount_fen_month;
  }
  return amounts;
}

TEST(Properties, MoreIncomeNeverRaisesProposalOrAmount) {
  Households households(20260320);
  for (int round = 0; round < kHouseholds; ++round) {
    const AssessmentInput less = households.Draw();
    AssessmentInput more = less;
    const auto at = static_cast<size_t>(households.Number(0, static_cast<int64_t>(more.incomes.size()) - 1));
    more.incomes[at].net_fen += households.OneIn(2) ? 1 : households.Number(1, 200'000);
    const Proposal before = AssessOrDie(less);
    const Proposal after = AssessOrDie(more);
    EXPECT_LE(before.income_twelfths, after.income_twelfths) << "round " << round;
    EXPECT_GE(Rank(before.kind), Rank(after.kind)) << "round " << round;
    if (before.kind == after.kind) {
      EXPECT_GE(before.amount_fen_month.value_or(0), after.amount_fen_month.value_or(0)) << "round " << round;
    }
    for (const auto& [member, amount] : SingleAmounts(after)) {
      const auto& was = SingleAmounts(before);
      if (!was.contains(member)) continue;
      EXPECT_GE(was.at(member), amount) << "round " << round;
    }
  }
}

TEST(Properties, TheOrderOfMembersAndEntriesChangesNothing) {
  Households households(7);
  for (int round = 0; round < kHouseholds; ++round) {
    const AssessmentInput input = households.Draw();
    AssessmentInput shuffled = input;
    std::shuffle(shuffled.members.begin(), shuffled.members.end(), households.random());
    std::shuffle(shuffled.incomes.begin(), shuffled.incomes.end(), households.random());
    std::shuffle(shuffled.deductions.begin(), shuffled.deductions.end(), households.random());
    std::shuffle(shuffled.property.begin(), shuffled.property.end(), households.random());
    std::shuffle(shuffled.classes.begin(), shuffled.classes.end(), households.random());
    const Proposal a = AssessOrDie(input);
    const Proposal b = AssessOrDie(shuffled);
    EXPECT_EQ(a.kind, b.kind) << "round " << round;
    EXPECT_EQ(a.amount_fen_month, b.amount_fen_month) << "round " << round;
    EXPECT_EQ(a.income_twelfths, b.income_twelfths) << "round " << round;
    EXPECT_EQ(a.exit_until, b.exit_until) << "round " << round;
    EXPECT_EQ(a.manual_reasons, b.manual_reasons) << "round " << round;
    EXPECT_EQ(SingleAmounts(a), SingleAmounts(b)) << "round " << round;
    EXPECT_EQ(a.rules.size(), b.rules.size()) << "round " << round;
  }
}

// A person with the list of rules and a pencil gets the same income and the same amount.
TEST(Properties, AmountAndIncomeMakeUpTheNeedAndFollowFromTheRulesListed) {
  Households households(99);
  int dibao = 0;
  for (int round = 0; round < kHouseholds; ++round) {
    const Proposal proposal = AssessOrDie(households.Draw());
    int64_t twelfths = 0;
    for (const AppliedRule& rule : proposal.rules) {
      EXPECT_FALSE(rule.source.empty()) << rule.id;
      if (rule.id.starts_with("INCOME.")) twelfths += rule.outputs.at(0).second;
      if (rule.id.starts_with("DEDUCTION.")) twelfths -= rule.outputs.at(0).second;
    }
    EXPECT_EQ(std::max<int64_t>(twelfths, 0), proposal.income_twelfths) << "round " << round;
    if (proposal.kind != ProposalKind::kDibao) continue;
    ++dibao;
    const int64_t need = proposal.standard_fen_month * proposal.members;
    EXPECT_EQ(*proposal.amount_fen_month + proposal.income_fen_month, need) << "round " << round;
    EXPECT_GT(*proposal.amount_fen_month, 0) << "round " << round;
  }
  EXPECT_GT(dibao, kHouseholds / 10);
}

// Bands are disjoint and together everything: each household that lacks nothing falls in the one that the
// plain inequalities of domain page §4.4 name.
TEST(Properties, TheKindIsTheOneOfThePlainInequalities) {
  Households households(4);
  std::map<ProposalKind, int> seen;
  for (int round = 0; round < kHouseholds; ++round) {
    AssessmentInput input = households.Draw();
    input.property.clear();
    const Proposal proposal = AssessOrDie(input);
    const int64_t need = proposal.standard_fen_month * proposal.members * 12;
    const int64_t have = proposal.income_twelfths;
    ProposalKind expected = ProposalKind::kNotEligible;
    if (2 * have < 3 * need) expected = ProposalKind::kEdge;
    if (input.current && have > need && 2 * have < 3 * need) expected = ProposalKind::kGradualExit;
    if (input.current && have == need) expected = ProposalKind::kManual;
    if (have < need) expected = ProposalKind::kDibao;
    EXPECT_EQ(proposal.kind, expected) << "round " << round;
    ++seen[proposal.kind];
  }
  EXPECT_GE(seen.size(), 4u);  // the draw reaches them
}

}  // namespace
}  // namespace chuanyu::family_economy
