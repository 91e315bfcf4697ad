#include "services/family_economy/rules/economy.h"

#include <functional>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// One good entry of each kind, about P01.
v1::HouseholdEconomy Good() {
  v1::HouseholdEconomy economy;
  v1::Income& income = *economy.add_incomes();
  income.set_member_id("P01");
  income.set_kind(v1::INCOME_KIND_WAGE);
  income.mutable_month()->set_value("2026-02");
  income.mutable_net()->set_amount(100'000);
  v1::Deduction& deduction = *economy.add_deductions();
  deduction.set_member_id("P01");
  deduction.set_kind(v1::DEDUCTION_KIND_ILLNESS);
  deduction.mutable_month()->set_value("2026-02");
  deduction.mutable_amount()->set_amount(0);
  v1::Property& money = *economy.add_property();
  money.set_member_id("P01");
  money.set_kind(v1::PROPERTY_KIND_FINANCIAL);
  money.mutable_amount()->set_amount(10'000'000'000);
  v1::Property& house = *economy.add_property();
  house.set_member_id("P02");
  house.set_kind(v1::PROPERTY_KIND_HOUSING);
  house.set_count(1);
  economy.mutable_current_dibao()->mutable_amount_month()->set_amount(90'000);
  economy.mutable_current_dibao()->mutable_from_month()->set_value("2025-07");
  economy.add_circumstances()->set_member_id("P03");
  v1::FindingSettlement& settled = *economy.add_settlements();
  settled.set_member_id("P02");
  settled.mutable_region()->set_code(kSichuan);
  settled.set_kind(v1::FINDING_KIND_DUPLICATE_BENEFIT);
  settled.set_officer_id("officer-7");
  settled.set_note("ended last month");
  return economy;
}

TEST(CheckEconomy, NamesTheFieldThatIsWrong) {
  struct Row {
    std::function<void(v1::HouseholdEconomy&)> spoil;
    Reason reason;
    const char* field;
  };
  using E = v1::HouseholdEconomy;
  const Row rows[] = {
      {[](E& e) { e.mutable_incomes(0)->set_member_id("P09"); }, Reason::BAD_REQUEST,
       "economy.incomes[0].member_id"},
      {[](E& e) { e.mutable_incomes(0)->clear_kind(); }, Reason::BAD_REQUEST, "economy.incomes[0].kind"},
      {[](E& e) { e.mutable_incomes(0)->set_kind(static_cast<v1::IncomeKind>(99)); }, Reason::BAD_REQUEST,
       "economy.incomes[0].kind"},
      {[](E& e) { e.mutable_incomes(0)->mutable_month()->set_value("2026-13"); }, Reason::DATE_INVALID,
       "economy.incomes[0].month"},
      {[](E& e) { e.mutable_incomes(0)->clear_month(); }, Reason::DATE_INVALID, "economy.incomes[0].month"},
      {[](E& e) { e.mutable_incomes(0)->clear_net(); }, Reason::BAD_REQUEST, "economy.incomes[0].net"},
      {[](E& e) { e.mutable_incomes(0)->mutable_net()->set_amount(-1); }, Reason::BAD_REQUEST,
       "economy.incomes[0].net"},
      {[](E& e) { e.mutable_incomes(0)->mutable_net()->set_amount(10'000'000'001); }, Reason::BAD_REQUEST,
       "economy.incomes[0].net"},
      {[](E& e) { e.mutable_deductions(0)->clear_kind(); }, Reason::BAD_REQUEST,
       "economy.deductions[0].kind"},
      {[](E& e) { e.mutable_deductions(0)->clear_amount(); }, Reason::BAD_REQUEST,
       "economy.deductions[0].amount"},
      {[](E& e) { e.mutable_property(0)->set_count(1); }, Reason::BAD_REQUEST, "economy.property[0].count"},
      {[](E& e) { e.mutable_property(1)->mutable_amount()->set_amount(1); }, Reason::BAD_REQUEST,
       "economy.property[1].amount"},
      {[](E& e) { e.mutable_property(1)->set_count(0); }, Reason::BAD_REQUEST, "economy.property[1].count"},
      {[](E& e) { e.mutable_current_dibao()->clear_from_month(); }, Reason::DATE_INVALID,
       "economy.current_dibao.from_month"},
      {[](E& e) { e.mutable_current_dibao()->mutable_exit_from()->set_value("soon"); }, Reason::DATE_INVALID,
       "economy.current_dibao.exit_from"},
      {[](E& e) { e.add_circumstances()->set_member_id("P03"); }, Reason::BAD_REQUEST,
       "economy.circumstances[1].member_id"},
      {[](E& e) { e.mutable_circumstances(0)->set_clergy_away_months(1201); }, Reason::BAD_REQUEST,
       "economy.circumstances[0].clergy_away_months"},
      {[](E& e) { e.mutable_settlements(0)->clear_note(); }, Reason::BAD_REQUEST,
       "economy.settlements[0].note"},
      {[](E& e) { e.mutable_settlements(0)->set_officer_id(kP01); }, Reason::BAD_REQUEST,
       "economy.settlements[0].officer_id"},
      {[](E& e) { e.mutable_settlements(0)->set_kind(v1::FINDING_KIND_NOT_DECLARED); }, Reason::BAD_REQUEST,
       "economy.settlements[0].data_class"},
      {[](E& e) { e.mutable_settlements(0)->clear_region(); }, Reason::BAD_REQUEST,
       "economy.settlements[0].region"},
      {[](E& e) {
         const v1::Income income = e.incomes(0);
         for (int i = 0; i < 2000; ++i) *e.add_incomes() = income;
       },
       Reason::BAD_REQUEST, "economy.incomes"},
  };
  const v1::Verification check = Demo();
  EXPECT_TRUE(CheckEconomy(Good(), check.household()).ok()) << CheckEconomy(Good(), check.household());
  EXPECT_TRUE(CheckEconomy({}, check.household()).ok());
  for (const Row& row : rows) {
    v1::HouseholdEconomy economy = Good();
    row.spoil(economy);
    const absl::Status status = CheckEconomy(economy, check.household());
    EXPECT_TRUE(HasReason(status, row.reason)) << row.field << " " << status;
    EXPECT_EQ(FieldOf(status), row.field);
  }
}

TEST(FindUndeclared, NamesMemberClassAndRegion) {
  v1::Verification check = Demo();
  v1::MemberResult& result = *check.add_results();
  result.set_member_id("P01");
  result.mutable_region()->set_code(kSichuan);
  result.mutable_result()->set_data_class(v1::DATA_CLASS_A05_REAL_ESTATE);
  result.mutable_result()->set_state(v1::RESULT_STATE_HIT);
  FindUndeclared(&check);
  EXPECT_THAT(check.discrepancies(), IsEmpty());  // nothing was entered
  check.mutable_economy();
  for (const v1::ResultState state :
       {v1::RESULT_STATE_NO_HIT, v1::RESULT_STATE_NOT_CHECKED, v1::RESULT_STATE_ERROR}) {
    check.mutable_results(0)->mutable_result()->set_state(state);
    FindUndeclared(&check);
    EXPECT_THAT(check.discrepancies(), IsEmpty());
  }
  check.mutable_results(0)->mutable_result()->set_state(v1::RESULT_STATE_HIT);
  FindUndeclared(&check);
  ASSERT_THAT(check.discrepancies(), SizeIs(1));
  EXPECT_EQ(check.discrepancies(0).kind(), v1::DISCREPANCY_KIND_NOT_DECLARED);
  EXPECT_EQ(check.discrepancies(0).member_id(), "P01");
  EXPECT_EQ(check.discrepancies(0).region().code(), kSichuan);
  EXPECT_EQ(check.discrepancies(0).data_class(), v1::DATA_CLASS_A05_REAL_ESTATE);
}

TEST(CountUnsettled, LeavesOutExactlyWhatAnOfficerSettled) {
  v1::Verification check = Demo();
  v1::DuplicateBenefit& duplicate = *check.add_duplicates();
  duplicate.set_member_id("P02");
  duplicate.mutable_region()->set_code(kSichuan);
  EXPECT_EQ(CountUnsettled(check), 1);
  *check.mutable_economy() = Good();
  EXPECT_EQ(CountUnsettled(check), 0);
  check.mutable_economy()->mutable_settlements(0)->set_member_id("P01");
  EXPECT_EQ(CountUnsettled(check), 1);
  check.mutable_economy()->mutable_settlements(0)->set_member_id("P02");
  v1::Discrepancy& marital = *check.add_discrepancies();
  marital.set_member_id("P02");
  marital.mutable_region()->set_code(kSichuan);
  marital.set_kind(v1::DISCREPANCY_KIND_MARITAL_STATUS);
  EXPECT_EQ(CountUnsettled(check), 1);
  v1::FindingSettlement& settled = *check.mutable_economy()->add_settlements();
  settled = check.economy().settlements(0);
  settled.set_kind(v1::FINDING_KIND_MARITAL_STATUS);
  EXPECT_EQ(CountUnsettled(check), 0);
}

}  // namespace
}  // namespace chuanyu::family_economy
