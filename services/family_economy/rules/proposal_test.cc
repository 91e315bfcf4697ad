#include "services/family_economy/rules/proposal.h"

#include <functional>

#include "gmock/gmock.h"
#include "services/family_economy/rules/assessment_testing.h"
#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// The made-up policy, for which marriage, death and assistance are all that must be checked.
const AssessmentPolicy& Policy() {
  static const auto* policy = new AssessmentPolicy(
      AssessmentPolicy::Parse(
          TestPolicyWith(R"(classes = ["A05", "A10"])", R"(classes = ["A02", "A03", "A10"])"), "test")
          .value());
  return *policy;
}

void AddResult(v1::Verification& check, const std::string& member, v1::DataClass data_class,
               v1::ResultState state, const std::string& region = kChongqing) {
  v1::MemberResult& result = *check.add_results();
  result.set_member_id(member);
  result.mutable_region()->set_code(region);
  result.mutable_result()->set_data_class(data_class);
  result.mutable_result()->set_state(state);
}

// The demo's family, filed in 北碚 on 2026-03-20: S = 75 000, n = 3. All that is needed was checked, nothing
// found, and it has nothing.
v1::Verification Family() {
  v1::Verification check = Demo();
  for (const v1::Member& member : check.household().members()) {
    for (const v1::DataClass data_class :
         {v1::DATA_CLASS_A02_MARRIAGE, v1::DATA_CLASS_A03_DEATH, v1::DATA_CLASS_A10_ASSISTANCE}) {
      AddResult(check, member.member_id(), data_class, v1::RESULT_STATE_NO_HIT,
                member.member_id() == "P02" ? kSichuan : kChongqing);
    }
  }
  check.mutable_economy();
  return check;
}

void AddIncome(v1::Verification& check, const std::string& member, const std::string& month, int64_t fen,
               v1::IncomeKind kind = v1::INCOME_KIND_WAGE) {
  v1::Income& income = *check.mutable_economy()->add_incomes();
  income.set_member_id(member);
  income.set_kind(kind);
  income.mutable_month()->set_value(month);
  income.mutable_net()->set_amount(fen);
}

void PayDibao(v1::Verification& check, const std::string& member, const std::string& region) {
  for (v1::MemberResult& result : *check.mutable_results()) {
    if (result.member_id() != member || result.result().data_class() != v1::DATA_CLASS_A10_ASSISTANCE)
      continue;
    result.mutable_region()->set_code(region);
    result.mutable_result()->set_state(v1::RESULT_STATE_HIT);
    result.mutable_result()->add_items()->mutable_assistance()->set_type(v1::ASSISTANCE_TYPE_DIBAO_URBAN);
  }
}

v1::Proposal Propose(v1::Verification check) {
  FindDuplicatesAndDiscrepancies(kChongqing, &check);
  return ProposeFor(check, &Policy(), TestContext());
}

std::vector<int> ReasonsOf(const v1::Proposal& proposal) {
  return {proposal.manual_reasons().begin(), proposal.manual_reasons().end()};
}

TEST(ProposeFor, AFamilyThatHasNothing) {
  const v1::Proposal proposal = Propose(Family());
  EXPECT_EQ(proposal.kind(), v1::PROPOSAL_KIND_DIBAO) << proposal.DebugString();
  EXPECT_EQ(proposal.amount_month().amount(), 225'000);
  EXPECT_EQ(proposal.standard_month().amount(), 75'000);
  EXPECT_EQ(proposal.members(), 3u);
  EXPECT_EQ(proposal.policy_version(), "test-1");
  std::vector<std::string> ids;
  for (const v1::AppliedRule& rule : proposal.rules()) {
    ids.push_back(rule.id());
    EXPECT_FALSE(rule.source().empty()) << rule.id();
  }
  EXPECT_THAT(ids, ElementsAre("MEMBERSHIP.APPLICANT", "MEMBERSHIP.SPOUSE", "MEMBERSHIP.MINOR_CHILD",
                               "STANDARD", "PROPERTY.FINANCIAL", "PROPERTY.HOUSING", "PROPERTY.VEHICLE",
                               "PROPERTY.COMPANY", "NEEDED_CLASSES", "BANDS", "PAID_FROM"));
  const v1::AppliedRule& paid = proposal.rules(proposal.rules_size() - 1);
  EXPECT_EQ(paid.inputs(0).value(), 202'603);
  EXPECT_EQ(paid.outputs(0).value(), 202'603) << "of approval (重庆低保条例)";
}

// Domain page §4.4 through declared wages of the month before: at one fen below, on and above each limit.
TEST(ProposeFor, PutsAFamilyIntoTheBandOfItsIncome) {
  struct Row {
    int64_t wage;
    bool in_dibao;
    v1::ProposalKind kind;
    int64_t amount;  // -1: none
  };
  constexpr int64_t kNeed = 225'000;
  for (const Row& row :
       {Row{kNeed - 1, false, v1::PROPOSAL_KIND_DIBAO, 1}, Row{kNeed, false, v1::PROPOSAL_KIND_EDGE, -1},
        Row{337'499, false, v1::PROPOSAL_KIND_EDGE, -1},
        Row{337'500, false, v1::PROPOSAL_KIND_NOT_ELIGIBLE, -1},
        Row{kNeed - 1, true, v1::PROPOSAL_KIND_DIBAO, 1}, Row{kNeed, true, v1::PROPOSAL_KIND_MANUAL, -1},
        Row{kNeed + 1, true, v1::PROPOSAL_KIND_GRADUAL_EXIT, 90'000},
        Row{337'500, true, v1::PROPOSAL_KIND_NOT_ELIGIBLE, -1}}) {
    v1::Verification check = Family();
    AddIncome(check, "P01", "2026-02", row.wage);
    if (row.in_dibao) {
      check.set_type(v1::VERIFICATION_TYPE_RECHECK);
      PayDibao(check, "P01", kChongqing);
      check.mutable_economy()->mutable_current_dibao()->mutable_amount_month()->set_amount(90'000);
      check.mutable_economy()->mutable_current_dibao()->mutable_from_month()->set_value("2025-01");
    }
    const v1::Proposal proposal = Propose(check);
    EXPECT_EQ(proposal.kind(), row.kind) << row.wage << proposal.DebugString();
    EXPECT_EQ(proposal.has_amount_month() ? proposal.amount_month().amount() : -1, row.amount) << row.wage;
    EXPECT_EQ(proposal.has_exit_until() ? proposal.exit_until().value() : "",
              row.kind == v1::PROPOSAL_KIND_GRADUAL_EXIT ? "2026-09" : "");
  }
}

// Scenario 6. Who found work before 低保 began was counted from the first day.
TEST(ProposeFor, DisregardsEarningsOfSixMonthsOfEmployment) {
  struct Row {
    const char* as_of;
    const char* month;
    const char* in_dibao_from;
    int64_t counted;
  };
  for (const Row& row :
       {Row{"2026-04-10", "2026-03", "2025-01", 0}, Row{"2026-09-30", "2026-08", "2025-01", 0},
        Row{"2026-10-01", "2026-09", "2025-01", 300'000}, Row{"2026-04-10", "2026-03", "2026-03", 0},
        Row{"2026-04-10", "2026-03", "2026-04", 300'000}}) {
    v1::Verification check = Family();
    check.set_type(v1::VERIFICATION_TYPE_RECHECK);
    check.mutable_as_of()->set_value(row.as_of);
    PayDibao(check, "P01", kChongqing);
    check.mutable_economy()->mutable_current_dibao()->mutable_amount_month()->set_amount(90'000);
    check.mutable_economy()->mutable_current_dibao()->mutable_from_month()->set_value(row.in_dibao_from);
    MemberAt(check, 1).mutable_employed_since()->set_value("2026-03");
    AddIncome(check, "P02", row.month, 300'000);
    EXPECT_EQ(Propose(check).income_month().amount(), row.counted) << row.as_of << " " << row.in_dibao_from;
  }
}

// Scenario 4: NO_HIT is not NOT_CHECKED, whoever was asked and whatever the income.
TEST(ProposeFor, NothingWhenSomethingNeededWasNotChecked) {
  for (const v1::ResultState state : {v1::RESULT_STATE_NOT_CHECKED, v1::RESULT_STATE_ERROR}) {
    for (int at = 0; at < 9; ++at) {
      v1::Verification check = Family();
      v1::MemberResult& result = *check.mutable_results(at);
      result.mutable_result()->set_state(state);
      const v1::Proposal proposal = Propose(check);
      EXPECT_EQ(proposal.kind(), v1::PROPOSAL_KIND_INCOMPLETE);
      EXPECT_FALSE(proposal.has_amount_month());
      ASSERT_THAT(proposal.missing(), SizeIs(1));
      EXPECT_EQ(proposal.missing(0).member_id(), result.member_id());
      EXPECT_EQ(proposal.missing(0).data_class(), result.result().data_class());
    }
  }
  // Both regions were asked and one said nothing: that one may know.
  v1::Verification check = Family();
  AddResult(check, "P01", v1::DATA_CLASS_A10_ASSISTANCE, v1::RESULT_STATE_NOT_CHECKED, kSichuan);
  EXPECT_EQ(Propose(check).kind(), v1::PROPOSAL_KIND_INCOMPLETE);
}

TEST(ProposeFor, APersonMustLookAtWhateverTheMachineCannotTell) {
  struct Row {
    const char* what;
    std::function<void(v1::Verification&)> change;
    v1::ManualReason reason;
  };
  const Row rows[] = {
      // Scenario 3: found, shown, not refused.
      {"a duplicate", [](auto& check) { PayDibao(check, "P02", kSichuan); },
       v1::MANUAL_REASON_FINDINGS_UNSETTLED},
      {"a house that was not declared",
       [](auto& check) { AddResult(check, "P01", v1::DATA_CLASS_A05_REAL_ESTATE, v1::RESULT_STATE_HIT); },
       v1::MANUAL_REASON_FINDINGS_UNSETTLED},
      {"a death",
       [](auto& check) { check.mutable_results(1)->mutable_result()->set_state(v1::RESULT_STATE_HIT); },
       v1::MANUAL_REASON_DEATH_RECORDED},
      {"no period", [](auto& check) { check.mutable_as_of()->set_value("2023-12-31"); },
       v1::MANUAL_REASON_NO_POLICY},
      {"no standard",
       [](auto& check) { check.mutable_household()->set_type(v1::HOUSEHOLD_TYPE_UNSPECIFIED); },
       v1::MANUAL_REASON_NO_STANDARD},
      {"an adult child of whom nothing is known",
       [](auto& check) {
         MemberAt(check, 2).mutable_person()->set_doc_no("500112200111089948");
         MemberAt(check, 2).mutable_person()->set_sex(type::v1::SEX_FEMALE);
         MemberAt(check, 2).set_student(false);
       },
       v1::MANUAL_REASON_MEMBERSHIP_UNDECIDED},
      {"a person without a number",
       [](auto& check) { MemberAt(check, 2).mutable_person()->set_doc_type(type::v1::DOC_TYPE_NONE); },
       v1::MANUAL_REASON_MEMBERSHIP_UNDECIDED},
      {"低保 that no register knows",
       [](auto& check) {
         check.mutable_economy()->mutable_current_dibao()->mutable_from_month()->set_value("2025-01");
       },
       v1::MANUAL_REASON_CURRENT_DIBAO_UNCONFIRMED},
      {"低保 that was not declared",
       [](auto& check) {
         check.set_type(v1::VERIFICATION_TYPE_RECHECK);
         PayDibao(check, "P01", kChongqing);
       },
       v1::MANUAL_REASON_CURRENT_DIBAO_UNCONFIRMED},
      {"特困", [](auto& check) { check.set_assist_type("P-TEKUN"); }, v1::MANUAL_REASON_NO_RULES},
      {"savings",
       [](auto& check) {
         v1::Property& property = *check.mutable_economy()->add_property();
         property.set_member_id("P01");
         property.set_kind(v1::PROPERTY_KIND_COMPANY);
         property.set_count(1);
       },
       v1::MANUAL_REASON_PROPERTY_TO_REVIEW},
  };
  for (const Row& row : rows) {
    v1::Verification check = Family();
    row.change(check);
    const v1::Proposal proposal = Propose(check);
    EXPECT_EQ(proposal.kind(), v1::PROPOSAL_KIND_MANUAL) << row.what;
    EXPECT_THAT(ReasonsOf(proposal), Contains(static_cast<int>(row.reason))) << row.what;
    EXPECT_FALSE(proposal.has_amount_month()) << row.what;
  }
  EXPECT_THAT(ReasonsOf(ProposeFor(Family(), nullptr, TestContext())),
              ElementsAre(static_cast<int>(v1::MANUAL_REASON_NO_POLICY)));
}

TEST(ProposeFor, GoesOnWhenAnOfficerHasSettledTheFinding) {
  v1::Verification check = Family();
  PayDibao(check, "P02", kSichuan);
  v1::FindingSettlement& settled = *check.mutable_economy()->add_settlements();
  settled.set_member_id("P02");
  settled.mutable_region()->set_code(kSichuan);
  settled.set_kind(v1::FINDING_KIND_DUPLICATE_BENEFIT);
  EXPECT_EQ(Propose(check).kind(), v1::PROPOSAL_KIND_DIBAO);
}

// Who does not count is neither counted nor checked nor are his earnings taken.
TEST(ProposeFor, LeavesOutWhoDoesNotCount) {
  v1::Verification check = Family();
  v1::MemberCircumstances& away = *check.mutable_economy()->add_circumstances();
  away.set_member_id("P02");
  away.set_prisoner(true);
  AddIncome(check, "P02", "2026-02", 1'000'000);
  AddIncome(check, "P01", "2026-02", 50'000);
  check.mutable_results(3)->mutable_result()->set_state(v1::RESULT_STATE_NOT_CHECKED);
  const v1::Proposal proposal = Propose(check);
  EXPECT_EQ(proposal.kind(), v1::PROPOSAL_KIND_DIBAO) << proposal.DebugString();
  EXPECT_EQ(proposal.members(), 2u);
  EXPECT_EQ(proposal.amount_month().amount(), 2 * 75'000 - 50'000);
  EXPECT_EQ(proposal.rules(1).id(), "MEMBERSHIP.PRISONER");
  EXPECT_EQ(proposal.rules(1).outputs(0).value(), 0);
}

// 单人保: the wife of a 边缘 family is severely ill.
TEST(ProposeFor, NamesWhoMayBeCoveredAlone) {
  v1::Verification check = Family();
  AddIncome(check, "P01", "2026-02", 225'000);
  MemberAt(check, 1).set_serious_illness(true);
  const v1::Proposal proposal = Propose(check);
  EXPECT_EQ(proposal.kind(), v1::PROPOSAL_KIND_EDGE);
  ASSERT_THAT(proposal.single_persons(), SizeIs(1));
  EXPECT_EQ(proposal.single_persons(0).member_id(), "P02");
}

// The numbers of the messages are those of the rules, plus one.
TEST(ToProto, SpellsKindsAndReasonsAlike) {
  for (int at = 0; v1::ProposalKind_IsValid(at + 1); ++at) {
    EXPECT_EQ(v1::ProposalKind_Name(static_cast<v1::ProposalKind>(at + 1)),
              "PROPOSAL_KIND_" + NameOf(static_cast<ProposalKind>(at)));
  }
  for (int at = 0; v1::ManualReason_IsValid(at + 1); ++at) {
    EXPECT_EQ(v1::ManualReason_Name(static_cast<v1::ManualReason>(at + 1)),
              "MANUAL_REASON_" + NameOf(static_cast<ManualReason>(at)));
  }
  const auto spells = [](const auto& kinds, auto name, const std::string& prefix) {
    for (size_t at = 0; at < kinds.size(); ++at) EXPECT_EQ(name(at + 1), prefix + NameOf(kinds[at]));
    EXPECT_EQ(name(kinds.size() + 1), "");
  };
  spells(
      AllIncomeKinds(), [](size_t at) { return v1::IncomeKind_Name(static_cast<v1::IncomeKind>(at)); },
      "INCOME_KIND_");
  spells(
      AllDeductionKinds(),
      [](size_t at) { return v1::DeductionKind_Name(static_cast<v1::DeductionKind>(at)); },
      "DEDUCTION_KIND_");
  spells(
      AllPropertyKinds(), [](size_t at) { return v1::PropertyKind_Name(static_cast<v1::PropertyKind>(at)); },
      "PROPERTY_KIND_");
}

}  // namespace
}  // namespace chuanyu::family_economy
