#include "services/family_economy/rules/application.h"

#include <functional>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/authorization.h"
#include "services/family_economy/rules/routing.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Status Check(const v1::Verification& verification) {
  const auto application = ParseApplication(verification, TestContext());
  if (!application.ok()) return application.status();
  return CheckAuthorization(verification, *application, TestContext());
}

struct Case {
  const char* what;
  std::function<void(v1::Verification&)> change;
  Reason reason;
  const char* field;
};

void ExpectRefusals(const std::vector<Case>& cases) {
  for (const Case& wrong : cases) {
    v1::Verification verification = Demo();
    wrong.change(verification);
    const absl::Status status = Check(verification);
    EXPECT_TRUE(HasReason(status, wrong.reason)) << wrong.what << ": " << status;
    EXPECT_EQ(FieldOf(status), wrong.field) << wrong.what;
    EXPECT_THAT(status.ToString(), Not(HasSubstr(kP01))) << wrong.what;
    EXPECT_THAT(status.ToString(), Not(HasSubstr(kP02))) << wrong.what;
  }
}

std::string DocNo(const std::string& doc_no) {
  v1::Verification verification = Demo();
  MemberAt(verification, 0).mutable_person()->set_doc_no(doc_no);
  MemberAt(verification, 0).mutable_person()->clear_sex();
  const auto application = ParseApplication(verification, TestContext());
  if (!application.ok()) return std::string(ReasonName(*ReasonOf(application.status())));
  return application->members[0].person.Key().second;
}

TEST(ParseApplication, ReadsTheDemoHousehold) {
  const auto application = ParseApplication(Demo(), TestContext());
  ASSERT_TRUE(application.ok()) << application.status();
  EXPECT_EQ(application->members.size(), 3u);
  EXPECT_EQ(application->accepting_county, "500109");  // 茨竹镇 since 2026-01-25
  EXPECT_TRUE(Check(Demo()).ok()) << Check(Demo());
}

TEST(ParseApplication, RefusesWhatIsMalformed) {
  ExpectRefusals({
      {"no type", [](auto& v) { v.clear_type(); }, Reason::BAD_REQUEST, "type"},
      {"no purpose", [](auto& v) { v.clear_assist_type(); }, Reason::BAD_REQUEST, "assist_type"},
      {"marriage purpose", [](auto& v) { v.set_assist_type("P-MARRY"); }, Reason::PURPOSE_DENIED,
       "assist_type"},
      {"apply for re-check", [](auto& v) { v.set_assist_type("P-RECHECK"); }, Reason::PURPOSE_DENIED,
       "assist_type"},
      {"output given", [](auto& v) { v.set_version(1); }, Reason::BAD_REQUEST, "verification"},
      {"no members", [](auto& v) { v.mutable_household()->clear_members(); }, Reason::BAD_REQUEST,
       "household.members"},
      {"member named by an ID number", [](auto& v) { MemberAt(v, 1).set_member_id("511623870623992"); },
       Reason::BAD_REQUEST, "household.members[1].member_id"},
      {"member twice", [](auto& v) { MemberAt(v, 1).set_member_id("P01"); }, Reason::BAD_REQUEST,
       "household.members[1].member_id"},
      {"person twice", [](auto& v) { *MemberAt(v, 1).mutable_person() = v.household().members(0).person(); },
       Reason::BAD_REQUEST, "household.members[1].person"},
      {"the same person by the old number",
       [](auto& v) {
         *MemberAt(v, 1).mutable_person() = v.household().members(0).person();
         MemberAt(v, 1).mutable_person()->set_doc_no("500112850412991");
       },
       Reason::BAD_REQUEST, "household.members[1].person"},
      {"relation", [](auto& v) { MemberAt(v, 1).set_relation("05"); }, Reason::CODE_UNKNOWN,
       "household.members[1].relation"},
      {"two applicants", [](auto& v) { MemberAt(v, 1).set_relation("01"); }, Reason::BAD_REQUEST,
       "household.applicant_member_id"},
      {"no applicant", [](auto& v) { MemberAt(v, 0).set_relation("02"); }, Reason::BAD_REQUEST,
       "household.members"},
      {"sex", [](auto& v) { MemberAt(v, 0).mutable_person()->set_sex(type::v1::SEX_FEMALE); },
       Reason::ID_SEX_MISMATCH, "household.members[0].person.doc_no"},
      {"division", [](auto& v) { MemberAt(v, 0).mutable_hukou_code()->set_code("999999"); },
       Reason::CODE_UNKNOWN, "household.members[0].hukou_code"},
      {"marital", [](auto& v) { MemberAt(v, 0).set_declared_marital_code("11"); }, Reason::CODE_UNKNOWN,
       "household.members[0].declared_marital_code"},
      {"no class", [](auto& v) { v.set_classes(1, v1::DATA_CLASS_UNSPECIFIED); }, Reason::BAD_REQUEST,
       "classes[1]"},
      {"class twice", [](auto& v) { v.set_classes(1, v1::DATA_CLASS_A02_MARRIAGE); }, Reason::BAD_REQUEST,
       "classes[1]"},
      {"date", [](auto& v) { v.mutable_as_of()->set_value("2026-02-30"); }, Reason::DATE_INVALID, "as_of"},
      {"tomorrow", [](auto& v) { v.mutable_as_of()->set_value("2026-03-21"); }, Reason::DATE_INVALID,
       "as_of"},
      {"past deadline", [](auto& v) { v.mutable_deadline()->set_seconds(5); }, Reason::DEADLINE_PASSED,
       "deadline"},
      {"far deadline", [](auto& v) { v.mutable_deadline()->set_seconds(INT64_MAX); }, Reason::BAD_REQUEST,
       "deadline"},
      {"uscc", [](auto& v) { v.mutable_accept_org()->set_uscc("11500112MB999999X1"); }, Reason::USCC_CHECK,
       "accept_org.uscc"},
      {"other region's office",
       [](auto& v) { v.mutable_accept_org()->mutable_division()->set_code("511623"); },
       Reason::ORG_NOT_COMPETENT, "accept_org.division"},
  });
}

// Scenarios 11, 12 and 13.
TEST(ParseApplication, ReadsEveryFormOfANumber) {
  EXPECT_EQ(DocNo("500112850412991"), kP01);
  EXPECT_EQ(DocNo("51168119551108992x"), "51168119551108992X");
  EXPECT_EQ(DocNo("51168119551108992Ⅹ"), "ID_CHARSET");
  EXPECT_EQ(DocNo("５００１１２198504129912"), "ID_CHARSET");
  EXPECT_EQ(DocNo("500112198504129910"), "ID_CHECK");
  EXPECT_EQ(DocNo("50011219850412991"), "ID_LENGTH");
}

TEST(ParseApplication, WarnsOfOldNumbersAndOldCodes) {
  v1::Verification verification = Demo();
  MemberAt(verification, 0).mutable_person()->set_doc_no("500112850412991");
  MemberAt(verification, 1).mutable_person()->set_doc_no("513031194808159926");  // P16
  const auto application = ParseApplication(verification, TestContext());
  ASSERT_TRUE(application.ok()) << application.status();
  std::vector<std::string> codes;
  for (const v1::Warning& warning : application->warnings)
    codes.push_back(warning.field() + " " + warning.code());
  EXPECT_THAT(codes, ::testing::Contains("household.members[0].person.doc_no W_ID_LEGACY15"));
  EXPECT_THAT(codes, ::testing::Contains(HasSubstr("household.members[1].person.doc_no W_ID_REGION_")));
}

TEST(Route, FollowsTheHukouAndNeverTheNumber) {
  struct Row {
    const char* hukou;
    const char* region;
  };
  // 511623 asked about today; 渝北 and its towns after the change of 2026-01-25; codes that were succeeded.
  for (const Row& row : {Row{"511623", kSichuan}, Row{"511681", kSichuan}, Row{"500112", kChongqing},
                         Row{"500112140", kChongqing}, Row{"513624", kSichuan}, Row{"320102", "320000"}}) {
    v1::Verification verification = Demo();
    MemberAt(verification, 0).mutable_hukou_code()->set_code(row.hukou);
    const auto application = ParseApplication(verification, TestContext());
    ASSERT_TRUE(application.ok()) << row.hukou << application.status();
    EXPECT_EQ(application->members[0].region, row.region) << row.hukou;
  }
}

TEST(Route, AsksOwnRegistersThePeerOrNobody) {
  v1::Verification verification = Demo();
  MemberAt(verification, 2).mutable_hukou_code()->set_code("320102");
  const auto application = ParseApplication(verification, TestContext());
  ASSERT_TRUE(application.ok()) << application.status();
  const Routing routing = Route(*application, kChongqing, {kSichuan});
  EXPECT_THAT(routing.own, ElementsAre(&application->members[0]));
  EXPECT_THAT(routing.remote, ElementsAre(&application->members[1]));
  EXPECT_THAT(routing.nobody, ElementsAre(&application->members[2]));
}

TEST(QuestionFor, HoldsTheCanonicalNumberAndNothingMore) {
  v1::Verification verification = Demo();
  MemberAt(verification, 0).mutable_person()->set_doc_no("500112850412991");
  const auto application = ParseApplication(verification, TestContext());
  ASSERT_TRUE(application.ok()) << application.status();
  const v1::QueryStatusRequest question =
      QuestionFor(*application, application->members[0], application->classes);
  EXPECT_EQ(question.person().doc_no(), kP01);
  EXPECT_EQ(question.classes_size(), 6);
  EXPECT_EQ(question.as_of().value(), "2026-03-20");
}

v1::Authorization& Document(v1::Verification& verification) { return *verification.mutable_authorization(); }

// Scenario 2 and its relatives.
TEST(CheckAuthorization, RefusesWhatDoesNotCoverTheQuestion) {
  constexpr char kSignatures[] = "authorization.signatories";
  ExpectRefusals({
      {"absent", [](auto& v) { v.clear_authorization(); }, Reason::AUTH_MISSING, "authorization"},
      {"P02 did not sign", [](auto& v) { Document(v).mutable_signatories()->DeleteSubrange(1, 1); },
       Reason::AUTH_MISSING, kSignatures},
      {"child signs alone", [](auto& v) { Document(v).mutable_signatories(2)->clear_guardian(); },
       Reason::AUTH_MISSING, "authorization.signatories[2]"},
      {"wife signed by husband",
       [](auto& v) { Document(v).mutable_signatories(1)->set_guardian_member_id("P01"); },
       Reason::AUTH_MISSING, "authorization.signatories[1]"},
      {"guardian is the child",
       [](auto& v) { Document(v).mutable_signatories(2)->set_guardian_member_id("P03"); },
       Reason::AUTH_MISSING, "authorization.signatories[2].guardian_member_id"},
      {"limited capacity signs alone", [](auto& v) { MemberAt(v, 1).set_capacity(v1::CAPACITY_LIMITED); },
       Reason::AUTH_MISSING, "authorization.signatories[1]"},
      {"signed tomorrow",
       [](auto& v) {
         Document(v).mutable_signatories(0)->mutable_signed_at()->set_seconds(absl::ToUnixSeconds(TestNow()) +
                                                                              1);
       },
       Reason::AUTH_MISSING, "authorization.signatories[0].signed_at"},
      {"not yet", [](auto& v) { Document(v).mutable_valid_from()->set_value("2026-03-21"); },
       Reason::AUTH_MISSING, "authorization.valid_from"},
      {"not yet on the day asked about", [](auto& v) { v.mutable_as_of()->set_value("2026-02-01"); },
       Reason::AUTH_MISSING, "authorization.valid_from"},
      {"over", [](auto& v) { Document(v).mutable_valid_to()->set_value("2026-03-19"); }, Reason::AUTH_EXPIRED,
       "authorization.valid_to"},
      {"withdrawn",
       [](auto& v) { Document(v).mutable_revoked_at()->set_seconds(absl::ToUnixSeconds(TestNow())); },
       Reason::AUTH_REVOKED, "authorization"},
      {"other household", [](auto& v) { Document(v).set_household_id("HH-2"); }, Reason::AUTH_SCOPE,
       "authorization.household_id"},
      {"other purpose", [](auto& v) { Document(v).set_purpose_code("P-TEKUN"); }, Reason::AUTH_SCOPE,
       "authorization.purpose_code"},
      {"class not covered", [](auto& v) { Document(v).mutable_scope()->RemoveLast(); }, Reason::AUTH_SCOPE,
       "authorization.scope"},
      {"no document behind it", [](auto& v) { Document(v).set_file_sm3("66C7"); }, Reason::BAD_REQUEST,
       "authorization.file_sm3"},
  });
}

TEST(CheckAuthorization, LastsUntilItsLastDayAndThroughTheAssistance) {
  v1::Verification verification = Demo();
  Document(verification).mutable_valid_to()->set_value("2026-03-20");
  EXPECT_TRUE(Check(verification).ok());
  verification.set_type(v1::VERIFICATION_TYPE_RECHECK);
  verification.set_assist_type("P-RECHECK");
  EXPECT_TRUE(Check(verification).ok()) << Check(verification);
}

TEST(CheckAuthorization, EndsAfterTheDaysThatTheRegionAllows) {
  const v1::Verification verification = Demo();  // in force since 2026-03-02, asked on 2026-03-20
  const auto application = ParseApplication(verification, TestContext());
  ASSERT_TRUE(application.ok()) << application.status();
  RuleContext context = TestContext();
  for (const auto& [days, ends] : {std::pair{18, true}, {19, false}, {0, false}}) {
    context.auth_max_days = days;
    const absl::Status verdict = CheckAuthorization(verification, *application, context);
    EXPECT_EQ(HasReason(verdict, Reason::AUTH_EXPIRED), ends) << days << verdict;
    EXPECT_EQ(verdict.ok(), !ends) << days;
  }
}

// 先行救助: the help was given before there was any paper.
TEST(CheckAuthorization, LooksBackToTheDayOnWhichProvisionalHelpWasGiven) {
  v1::Verification verification = Demo();
  verification.mutable_as_of()->set_value("2026-02-01");
  verification.set_type(v1::VERIFICATION_TYPE_PROVISIONAL);
  EXPECT_TRUE(Check(verification).ok()) << Check(verification);
}

TEST(CheckAuthorization, TakesAGuardianFromOutside) {
  v1::Verification verification = Demo();
  type::v1::PersonRef& guardian = *Document(verification).mutable_signatories(2)->mutable_guardian_person();
  guardian = verification.household().members(1).person();
  EXPECT_TRUE(Check(verification).ok()) << Check(verification);
  guardian.set_doc_no("511623201405209902");  // P09, a child
  EXPECT_TRUE(HasReason(Check(verification), Reason::AUTH_MISSING));
}

}  // namespace
}  // namespace chuanyu::family_economy
