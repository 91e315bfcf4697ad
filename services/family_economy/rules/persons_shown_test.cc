// Domain page §3.8 on the demo's family. Synthetic persons.
#include "services/family_economy/rules/persons_shown.h"

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Date kToday(2026, 3, 20);

TEST(MaskPersons, HidesNamesNumbersAndAddresses) {
  v1::Verification check = Demo();
  MemberAt(check, 0).mutable_hukou_code()->set_code("500112140201");
  v1::Signatory& guardian = *check.mutable_authorization()->mutable_signatories(2);
  *guardian.mutable_guardian_person() = check.household().members(1).person();
  MaskPersons(kToday, TestDivisions(), &check);
  EXPECT_EQ(MemberAt(check, 0).person().name(), "张*甲");
  EXPECT_EQ(MemberAt(check, 0).person().doc_no(), "500***********9912");
  EXPECT_EQ(MemberAt(check, 0).hukou_code().code(), "500112140");
  EXPECT_EQ(MemberAt(check, 2).person().name(), "张**");  // a minor
  EXPECT_EQ(MemberAt(check, 2).person().doc_no(), "500***************");
  EXPECT_EQ(check.authorization().signatories(2).guardian_person().name(), "李*乙");
  const std::string bytes = check.SerializeAsString();
  for (const char* secret : {kP01, kP02, "张测甲", "李测乙", "张测丙", "500112201509019936"}) {
    EXPECT_THAT(bytes, Not(HasSubstr(secret)));
  }
  // What is no person stays.
  EXPECT_EQ(check.authorization().auth_no(), "SQ-DEMO-0001");
  EXPECT_EQ(MemberAt(check, 1).relation(), "12");
}

TEST(MaskPersons, HidesWhatItCannotRead) {
  v1::Verification check = Demo();
  MemberAt(check, 0).mutable_person()->set_doc_no("123");
  type::v1::PersonRef& unnumbered = *MemberAt(check, 1).mutable_person();
  unnumbered.set_doc_type(type::v1::DOC_TYPE_NONE);
  unnumbered.clear_doc_no();
  unnumbered.set_person_ref("ref-1");
  MaskPersons(kToday, TestDivisions(), &check);
  EXPECT_EQ(MemberAt(check, 0).person().doc_no(), "***");
  EXPECT_EQ(MemberAt(check, 0).person().name(), "张**");
  EXPECT_EQ(MemberAt(check, 1).person().name(), "李**");  // the age is not known
  EXPECT_EQ(MemberAt(check, 1).person().person_ref(), "ref-1");
  v1::Verification erased;
  MaskPersons(kToday, TestDivisions(), &erased);
  EXPECT_FALSE(erased.has_household());
}

TEST(CheckReveal, NeedsAReasonThatNamesNobody) {
  v1::RevealPersonsRequest good;
  good.set_reason(v1::REVEAL_REASON_IDENTITY);
  good.set_officer_id("zhang.san");
  EXPECT_TRUE(CheckReveal(good).ok());
  struct Row {
    const char* field;
    void (*change)(v1::RevealPersonsRequest&);
  };
  const Row rows[] = {
      {"reason", [](auto& request) { request.clear_reason(); }},
      {"reason", [](auto& request) { request.set_reason(static_cast<v1::RevealReason>(99)); }},
      {"reason_text", [](auto& request) { request.set_reason(v1::REVEAL_REASON_OTHER); }},
      {"reason_text",
       [](auto& request) {
         std::string text;
         for (int i = 0; i < 201; ++i) text += "字";
         request.set_reason_text(text);
       }},
      {"reason_text", [](auto& request) { request.set_reason_text("call 138001"); }},
      {"officer_id", [](auto& request) { request.clear_officer_id(); }},
      {"officer_id", [](auto& request) { request.set_officer_id(kP01); }},
  };
  for (const Row& row : rows) {
    v1::RevealPersonsRequest request = good;
    row.change(request);
    const absl::Status status = CheckReveal(request);
    EXPECT_TRUE(HasReason(status, Reason::BAD_REQUEST)) << status;
    EXPECT_EQ(FieldOf(status), row.field);
  }
  EXPECT_TRUE(CheckNamesNobody("the applicant is at the desk, case of 2026", Demo()).ok());
  EXPECT_EQ(FieldOf(CheckNamesNobody("for 李测乙", Demo())), "reason_text");
}

}  // namespace
}  // namespace chuanyu::family_economy
