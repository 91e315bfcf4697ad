// The message of a row is one that is at hand: a reference to a person. Synthetic persons.
#include "common/registers/register_source.h"

#include <string>

#include "absl/strings/str_replace.h"
#include "chuanyu/type/v1/person.pb.h"
#include "common/registers/testing.h"
#include "gtest/gtest.h"

namespace chuanyu::registers {
namespace {

constexpr char kNumber[] = "51162319700101996X";  // P08
constexpr char kMapping[] = R"(
knows = ["CERTIFICATE"]
source = "残疾人证库"
sql = "SELECT state, grade, until FROM record WHERE person_index = :person_index AND :as_of >= ''"
data_as_of = "SELECT '2026-03-01T00:00:00Z'"
[columns]
state = "sex"
grade = "name"
until = "person_ref"
[values.sex]
YX = "SEX_FEMALE"
)";
constexpr char kColumns[] = "state VARCHAR(8), grade BIGINT, until VARCHAR(10)";

absl::Status Readable(const CaseRegisters::Source&, const CaseRegisters::Records&) {
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<CaseRegisters>> Open(const TestRegisters& registers,
                                                    CaseRegisters::CheckFn check = Readable) {
  return CaseRegisters::Open(registers.config(), type::v1::PersonRef::default_instance(), {"CERTIFICATE"},
                             std::move(check));
}

class NoWarnings final : public AddressCodes {
 public:
  AddressCodeStatus StatusOn(std::string_view, Date) const override { return AddressCodeStatus::kInForce; }
};

Person Holder(const std::string& number) {
  Person out;
  out.document = ParseCitizenId(number, Date(2026, 3, 2), NoWarnings()).value().id;
  return out;
}

// "NO_HIT", "NOT_CHECKED ID_DOC_TYPE".
std::string Said(const CaseRegisters& registers, const std::optional<Person>& person) {
  const auto said = registers.Ask(person, Date(2026, 3, 2), absl::FromUnixSeconds(1));
  if (said.size() != 1) return "not one register";
  const cases::v1::RegisterAnswer& answer = said[0].answer;
  EXPECT_EQ(answer.source(), "残疾人证库");
  EXPECT_EQ(answer.asked_at().seconds(), 1);
  std::string out = cases::v1::RegisterState_Name(answer.state()).substr(sizeof("REGISTER_STATE_") - 1);
  if (!answer.reason().empty()) return out + " " + answer.reason();
  EXPECT_TRUE(answer.has_data_as_of());
  for (const auto& record : said[0].records) out += " " + record->ShortDebugString();
  return out;
}

TEST(CaseRegisters, SaysWhatItHasAndNeverTakesSilenceForNothing) {
  TestRegisters files(kColumns);
  files.Map("certificates", kMapping);
  const auto registers = Open(files);
  ASSERT_TRUE(registers.ok()) << registers.status();
  EXPECT_EQ(Said(**registers, Holder(kNumber)), "NO_HIT");
  EXPECT_EQ(Said(**registers, std::nullopt), "NOT_CHECKED ID_DOC_TYPE");
  EXPECT_EQ(Said(**registers, Person()), "NOT_CHECKED ID_DOC_TYPE") << "without a number";
  files.Add(kNumber, "'YX', 2, '2030-01-31'");
  const std::string has = "HIT name: \"2\" sex: SEX_FEMALE person_ref: \"2030-01-31\"";
  EXPECT_EQ(Said(**registers, Holder(kNumber)), has);
  EXPECT_EQ(Said(**registers, Holder("511623198706239924")), "NO_HIT") << "somebody else";
  files.Execute("UPDATE record SET until = NULL");
  EXPECT_EQ(Said(**registers, Holder(kNumber)), "HIT name: \"2\" sex: SEX_FEMALE");
  files.Add(kNumber, "'XX', 2, NULL");
  EXPECT_EQ(Said(**registers, Holder(kNumber)), "ERROR CODE_UNKNOWN") << "none is told";
}

TEST(CaseRegisters, WhatTheServicesRulesCannotReadIsAnErrorAndNoneIsTold) {
  TestRegisters files(kColumns);
  files.Map("certificates", kMapping);
  const auto registers =
      Open(files, [](const CaseRegisters::Source& source, const CaseRegisters::Records& all) {
        EXPECT_EQ(source.knows.front(), "CERTIFICATE");
        return all.size() > 1 ? MakeError(Reason::DATE_INVALID) : absl::OkStatus();
      });
  ASSERT_TRUE(registers.ok()) << registers.status();
  files.Add(kNumber, "'YX', 2, NULL");
  EXPECT_EQ(Said(**registers, Holder(kNumber)), "HIT name: \"2\" sex: SEX_FEMALE");
  files.Add(kNumber, "'YX', 3, NULL");
  EXPECT_EQ(Said(**registers, Holder(kNumber)), "ERROR DATE_INVALID");
  EXPECT_TRUE((*registers)->Ask(Holder(kNumber), Date(2026, 3, 2), absl::Now()).front().records.empty());
}

TEST(CaseRegisters, WithoutConfigurationNoneIsAsked) {
  const auto registers =
      CaseRegisters::Open({}, type::v1::PersonRef::default_instance(), {"CERTIFICATE"}, Readable);
  ASSERT_TRUE(registers.ok()) << registers.status();
  EXPECT_TRUE((*registers)->empty());
  EXPECT_TRUE((*registers)->Ask(Holder(kNumber), Date(2026, 3, 2), absl::Now()).empty());
}

// A register that is away when the service starts is used as soon as it is there.
TEST(CaseRegisters, StartsWhileARegisterIsAwayAndUsesItLater) {
  TestRegisters files(kColumns);
  files.Map("certificates", kMapping);
  files.Add(kNumber, "'YX', 2, NULL");
  const auto registers =
      CaseRegisters::Open(files.later(), type::v1::PersonRef::default_instance(), {"CERTIFICATE"}, Readable);
  ASSERT_TRUE(registers.ok()) << registers.status();
  EXPECT_FALSE((*registers)->empty());
  EXPECT_EQ(Said(**registers, Holder(kNumber)), "NOT_CHECKED SOURCE_UNAVAILABLE");
  EXPECT_EQ(Said(**registers, Holder("511623198706239924")), "NOT_CHECKED SOURCE_UNAVAILABLE")
      << "which is not nothing";
  files.Arrive();
  EXPECT_EQ(Said(**registers, Holder(kNumber)), "HIT name: \"2\" sex: SEX_FEMALE");
  EXPECT_EQ(Said(**registers, Holder("511623198706239924")), "NO_HIT");
}

// What is wrong with a mapping shows when its register is there; it says nothing until then.
TEST(CaseRegisters, AMappingThatDoesNotFitARegisterThatCameLaterIsAnError) {
  TestRegisters files(kColumns);
  files.Map("certificates", absl::StrReplaceAll(kMapping, {{"FROM record", "FROM nowhere"}}));
  const auto registers =
      CaseRegisters::Open(files.later(), type::v1::PersonRef::default_instance(), {"CERTIFICATE"}, Readable);
  ASSERT_TRUE(registers.ok()) << registers.status();
  EXPECT_EQ(Said(**registers, Holder(kNumber)), "NOT_CHECKED SOURCE_UNAVAILABLE");
  files.Arrive();
  EXPECT_EQ(Said(**registers, Holder(kNumber)), "ERROR CONFIG_INVALID");
}

TEST(CaseRegisters, AMappingThatCannotBeMeantStopsTheStart) {
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"[\"CERTIFICATE\"]", "[\"PASSPORT\"]"},
                                                        {"[\"CERTIFICATE\"]", "[]"},
                                                        {"FROM record", "FROM nowhere"},
                                                        {"AND :as_of >= ''", ""},
                                                        {"state, grade, until FROM", "state, grade FROM"},
                                                        {"= \"name\"", "= \"height\""},
                                                        {"YX = \"SEX_FEMALE\"", ""},
                                                        {"source =", "sauce ="}}) {
    TestRegisters files(kColumns);
    files.Map("certificates", absl::StrReplaceAll(kMapping, {{from, to}}));
    EXPECT_TRUE(HasReason(Open(files).status(), Reason::CONFIG_INVALID)) << to;
  }
  TestRegisters files(kColumns);
  EXPECT_TRUE(HasReason(Open(files).status(), Reason::CONFIG_INVALID)) << "no mapping";
}

}  // namespace
}  // namespace chuanyu::registers
