// The mappings that are shipped, over the demo's registers. Synthetic persons.
#include <string>

#include "common/calendar/china_time.h"
#include "common/registers/demo_testing.h"
#include "gtest/gtest.h"
#include "services/disability/person_registers.h"
#include "services/disability/rules/rules_testing.h"

namespace chuanyu::disability {
namespace {

// "社会救助库 DIBAO": what there is of a person; "?" for a register that did not answer.
std::string Said(const PersonRegisters& registers, const std::string& number) {
  type::v1::PersonRef reference;
  reference.set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  reference.set_doc_no(number);
  reference.set_name("赵测丁");
  std::vector<Warning> warnings;
  const auto person = ParsePerson(reference, Date(2026, 11, 26), Divisions(), "person", &warnings);
  EXPECT_TRUE(person.ok()) << person.status();
  std::string out;
  for (const v1::RegisterCheck& check : registers.Ask(*person)) {
    EXPECT_TRUE(check.answer().has_data_as_of());
    const bool asked = check.answer().state() == cases::v1::REGISTER_STATE_HIT ||
                       check.answer().state() == cases::v1::REGISTER_STATE_NO_HIT;
    if (!asked) out += check.answer().source() + " ? ";
    for (const v1::RegisterRecord& record : check.records()) {
      out += check.answer().source() + " ";
      if (record.status() != v1::STATUS_UNSPECIFIED) {
        out += v1::Status_Name(record.status()).substr(sizeof("STATUS_") - 1) + " ";
      } else {
        out += v1::CertState_Name(record.cert_state()).substr(sizeof("CERT_STATE_") - 1) + " " +
               std::to_string(record.cert_type()) + std::to_string(record.cert_grade()) + " to " +
               record.cert_valid_to().value() + " ";
      }
    }
  }
  return out;
}

TEST(ShippedRegisters, TellOfPersonsWhatTheMappingsSay) {
  const FakeClock clock(absl::FromCivil(absl::CivilDay(2026, 11, 26), ChinaTime()));
  const registers::DemoRegisters sichuan("disability", "510000");
  const auto registers = PersonRegisters::Open(sichuan.config(), clock);
  ASSERT_TRUE(registers.ok()) << registers.status();
  EXPECT_EQ(Said(**registers, "51162319700101996X"), "社会救助库 DIBAO 残疾人证库 VALID 42 to 2035-12-31 ");
  EXPECT_EQ(Said(**registers, "511623198706239924"), "社会救助库 TEKUN ");
  EXPECT_EQ(Said(**registers, "511623198607079996"), "殡葬管理库 DECEASED 殡葬管理库 DECEASED ");
  EXPECT_EQ(Said(**registers, "511623200411249914"), "") << "was an orphan's allowance until 2022";
  EXPECT_EQ(Said(**registers, "511623200503019972"), "监狱管理库 SENTENCE ");
  const registers::DemoRegisters chongqing("disability", "500000");
  const auto there = PersonRegisters::Open(chongqing.config(), clock);
  ASSERT_TRUE(there.ok()) << there.status();
  EXPECT_EQ(Said(**there, "500112200811259952"), "儿童福利库 ORPHAN ");
  EXPECT_EQ(Said(**there, "51162319700101996X"), "");
}

}  // namespace
}  // namespace chuanyu::disability
