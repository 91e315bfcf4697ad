// The mappings that are shipped, over the demo's registers. Synthetic persons.
#include <string>

#include "common/calendar/china_time.h"
#include "common/registers/demo_testing.h"
#include "gtest/gtest.h"
#include "services/child_welfare/benefit_registers.h"
#include "services/child_welfare/parent_registers.h"
#include "services/child_welfare/rules/rules_testing.h"

namespace chuanyu::child_welfare {
namespace {

// "残疾人证库 SEVERELY_DISABLED 2023-06-15": what there is of a parent; "?" for a register that did not
// answer.
std::string Said(const ParentRegisters& registers, const std::string& number) {
  google::protobuf::RepeatedPtrField<v1::ParentFact> parents;
  v1::ParentFact& fact = *parents.Add();
  fact.set_role(v1::PARENT_ROLE_MOTHER);
  fact.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  fact.mutable_person()->set_doc_no(number);
  fact.mutable_person()->set_name("冯测子");
  std::string out;
  for (const v1::ParentCheck& check : registers.Ask(parents)) {
    EXPECT_TRUE(check.answer().has_data_as_of());
    const bool asked = check.answer().state() == cases::v1::REGISTER_STATE_HIT ||
                       check.answer().state() == cases::v1::REGISTER_STATE_NO_HIT;
    if (!asked) out += check.answer().source() + " ? ";
    for (const v1::ParentRecord& record : check.records()) {
      out += check.answer().source() + " " +
             v1::ParentCondition_Name(record.condition()).substr(sizeof("PARENT_CONDITION_") - 1) + " " +
             record.since().value() + (record.has_until() ? " to " + record.until().value() : "") + " ";
    }
  }
  return out;
}

TEST(ShippedRegisters, TellOfParentsWhatTheMappingsSay) {
  const registers::DemoRegisters demo("child_welfare", "510000");
  const FakeClock clock(absl::FromCivil(absl::CivilDay(2026, 11, 26), ChinaTime()));
  const auto registers = ParentRegisters::Open(demo.config(), Divisions(), clock);
  ASSERT_TRUE(registers.ok()) << registers.status();
  EXPECT_EQ(Said(**registers, "511623198607079996"), "殡葬管理库 DECEASED 2024-03-01 ") << "and no cremation";
  EXPECT_EQ(Said(**registers, "511623198903039948"), "残疾人证库 SEVERELY_DISABLED 2023-06-15 ");
  EXPECT_EQ(Said(**registers, "511623200503019972"), "监狱管理库 IMPRISONED 2026-02-01 to 2028-01-31 ");
  EXPECT_EQ(Said(**registers, "511623198706239924"), "");
}

// "社会救助库 DIBAO 42000": what there is of a child; "-" for an amount that is not said.
std::string SaidOfChild(const BenefitRegisters& registers, const std::string& number) {
  v1::Child child;
  child.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  child.mutable_person()->set_doc_no(number);
  child.mutable_person()->set_name("冯测子");
  std::string out;
  const BenefitChecks checks = registers.Ask(child);
  EXPECT_EQ(checks.size(), 2);
  for (const v1::BenefitCheck& check : checks) {
    const bool asked = check.answer().state() == cases::v1::REGISTER_STATE_HIT ||
                       check.answer().state() == cases::v1::REGISTER_STATE_NO_HIT;
    if (!asked) out += check.answer().source() + " ? ";
    for (const v1::BenefitRecord& record : check.records()) {
      out += check.answer().source() + " " +
             v1::OtherBenefitKind_Name(record.kind()).substr(sizeof("OTHER_BENEFIT_KIND_") - 1) + " " +
             (record.has_fen_month() ? std::to_string(record.fen_month()) : "-") + " ";
    }
  }
  return out;
}

TEST(ShippedRegisters, TellOfOtherBenefitsWhatTheMappingsSay) {
  const registers::DemoRegisters demo("child_welfare", "510000");
  const FakeClock clock(absl::FromCivil(absl::CivilDay(2026, 11, 26), absl::FixedTimeZone(8 * 3600)));
  const auto registers = BenefitRegisters::Open(demo.config(), Divisions(), clock);
  ASSERT_TRUE(registers.ok()) << registers.status();
  EXPECT_EQ(SaidOfChild(**registers, "500112201509019936"),
            "社会救助库 DIBAO 42000 残疾人两项补贴库 DISABILITY_LIFE 11100 ");
  EXPECT_EQ(SaidOfChild(**registers, "511623198706239924"), "社会救助库 TEKUN - ") << "not how much";
  EXPECT_EQ(SaidOfChild(**registers, "51162319700101996X"), "社会救助库 DIBAO - ") << "and LIFE no more";
  EXPECT_EQ(SaidOfChild(**registers, "511623201405209902"), "");
}

}  // namespace
}  // namespace chuanyu::child_welfare
