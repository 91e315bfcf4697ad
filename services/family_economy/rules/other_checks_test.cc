#include "services/family_economy/rules/other_checks.h"

#include "gtest/gtest.h"

namespace chuanyu::family_economy {
namespace {

constexpr char kChongqing[] = "500000";
const Actor kNobody = {.name = "", .now = absl::FromUnixSeconds(1'774'000'000)};

v1::OtherCheck Other(const std::string& member = "P02",
                     v1::VerificationType type = v1::VERIFICATION_TYPE_NEW) {
  v1::OtherCheck other;
  other.set_member_id(member);
  other.mutable_region()->set_code("510000");
  other.set_type(type);
  return other;
}

v1::Verification Reported() {
  v1::Verification check;
  check.set_verification_no("CQ-A-500112-20260320-00000001");
  check.set_state(v1::VERIFICATION_STATE_REPORTED);
  check.mutable_report()->set_report_no("CQ-A-500112-20260320-00000001-R1");
  check.mutable_report()->mutable_generated_at()->set_seconds(1);
  return check;
}

TEST(OtherChecks, MakeTheNextReportAndKeepTheOneBefore) {
  v1::Verification check = Reported();
  EXPECT_TRUE(RecordOtherCheck(kNobody, kChongqing, Other(), &check));
  ASSERT_EQ(check.other_checks_size(), 1);
  EXPECT_EQ(check.report().report_no(), "CQ-A-500112-20260320-00000001-R2");
  ASSERT_EQ(check.earlier_reports_size(), 1);
  EXPECT_EQ(check.earlier_reports(0).report().report_no(), "CQ-A-500112-20260320-00000001-R1");
  EXPECT_EQ(check.events(0).kind(), v1::CASE_EVENT_KIND_OTHER_CHECK);
}

TEST(OtherChecks, AreKnownOnceForEachMemberAndKind) {
  v1::Verification check = Reported();
  EXPECT_TRUE(RecordOtherCheck(kNobody, kChongqing, Other(), &check));
  EXPECT_FALSE(RecordOtherCheck(kNobody, kChongqing, Other(), &check));
  EXPECT_TRUE(RecordOtherCheck(kNobody, kChongqing, Other("P01"), &check));
  EXPECT_TRUE(RecordOtherCheck(kNobody, kChongqing, Other("P02", v1::VERIFICATION_TYPE_RECHECK), &check));
  EXPECT_FALSE(
      RecordOtherCheck(kNobody, kChongqing, Other("P02", v1::VERIFICATION_TYPE_UNSPECIFIED), &check));
  EXPECT_FALSE(AddOtherCheck(Other("P02", static_cast<v1::VerificationType>(99)), &check));
  EXPECT_EQ(check.other_checks_size(), 3);
}

TEST(OtherChecks, AreNoneOfAClosedOrDecidedCheck) {
  for (int state = 1; state <= v1::VERIFICATION_STATE_REVIEWED; ++state) {
    v1::Verification check = Reported();
    check.set_state(static_cast<v1::VerificationState>(state));
    const bool closed = state >= v1::VERIFICATION_STATE_ARCHIVED && state <= v1::VERIFICATION_STATE_EXPIRED;
    EXPECT_EQ(IsOpenToOthers(check), !closed) << v1::VerificationState_Name(state);
    EXPECT_EQ(RecordOtherCheck(kNobody, kChongqing, Other(), &check), !closed);
  }
  v1::Verification decided = Reported();
  decided.mutable_decision()->set_outcome(v1::DECISION_OUTCOME_GRANTED);
  EXPECT_FALSE(RecordOtherCheck(kNobody, kChongqing, Other(), &decided));
  v1::Verification erased = Reported();
  erased.set_erased(true);
  EXPECT_FALSE(IsOpenToOthers(erased));
}

// A question about P02 that Sichuan has, and another one.
v1::Verification Asked() {
  v1::Verification check = Reported();
  for (const char* const id : {"q1", "q2"}) {
    v1::RemoteQuery& query = *check.add_remote_queries();
    query.set_request_id(id);
    query.set_member_id("P02");
    query.mutable_region()->set_code("510000");
  }
  return check;
}

TEST(OtherChecks, EndWithoutANewReport) {
  v1::Verification check = Reported();
  ASSERT_TRUE(RecordOtherCheck(kNobody, kChongqing, Other(), &check));
  const v1::Verification before = check;
  EXPECT_FALSE(EndOtherCheck(Other("P01"), &check)) << "is not known of that member";
  EXPECT_FALSE(EndOtherCheck(Other("P02", v1::VERIFICATION_TYPE_RECHECK), &check));
  EXPECT_TRUE(EndOtherCheck(Other(), &check));
  EXPECT_FALSE(EndOtherCheck(Other(), &check)) << "told again";
  EXPECT_TRUE(check.other_checks(0).ended());
  EXPECT_EQ(check.report().SerializeAsString(), before.report().SerializeAsString());
  EXPECT_EQ(check.events_size(), before.events_size());
  // The next one is another check.
  EXPECT_TRUE(RecordOtherCheck(kNobody, kChongqing, Other(), &check));
  EXPECT_FALSE(check.other_checks(0).ended());
  EXPECT_EQ(check.other_checks_size(), 1);
}

TEST(OtherChecks, OfAnAnswerEndOnceEachQuestionIsToldOf) {
  v1::Verification check = Asked();
  TakeOpenChecks("q1", {v1::VERIFICATION_TYPE_NEW}, &check);
  TakeOpenChecks("q2", {v1::VERIFICATION_TYPE_NEW, v1::VERIFICATION_TYPE_RECHECK}, &check);
  ASSERT_EQ(check.other_checks_size(), 2);
  EXPECT_TRUE(TakeEndOfOpenCheck("q1", v1::VERIFICATION_TYPE_NEW, {}, &check));
  EXPECT_FALSE(check.other_checks(0).ended()) << "the other answer said it as well";
  EXPECT_TRUE(TakeEndOfOpenCheck("q2", v1::VERIFICATION_TYPE_NEW, {}, &check));
  EXPECT_TRUE(check.other_checks(0).ended());
  EXPECT_FALSE(check.other_checks(1).ended());
  EXPECT_FALSE(TakeEndOfOpenCheck("q2", v1::VERIFICATION_TYPE_NEW, {}, &check)) << "told again";
  EXPECT_FALSE(TakeEndOfOpenCheck("q3", v1::VERIFICATION_TYPE_NEW, {}, &check)) << "was never asked";
}

TEST(OtherChecks, AreOverFromTheBeginningWhenTheEndOvertakesTheAnswer) {
  v1::Verification check = Asked();
  EXPECT_TRUE(TakeEndOfOpenCheck("q1", v1::VERIFICATION_TYPE_NEW, {}, &check));
  EXPECT_TRUE(check.other_checks().empty());
  TakeOpenChecks("q1", {v1::VERIFICATION_TYPE_NEW}, &check);
  ASSERT_EQ(check.other_checks_size(), 1);
  EXPECT_TRUE(check.other_checks(0).ended());
  // An answer that was given before the end, and says what it knew then, opens it: its own end comes, too.
  TakeOpenChecks("q2", {v1::VERIFICATION_TYPE_NEW}, &check);
  EXPECT_FALSE(check.other_checks(0).ended());
  EXPECT_TRUE(TakeEndOfOpenCheck("q2", v1::VERIFICATION_TYPE_NEW, {}, &check));
  EXPECT_TRUE(check.other_checks(0).ended());
}

TEST(OtherChecks, OfTheSameKindThatAsksHereIsNotOver) {
  v1::Verification check = Asked();
  TakeOpenChecks("q1", {v1::VERIFICATION_TYPE_NEW}, &check);
  EXPECT_TRUE(TakeEndOfOpenCheck("q1", v1::VERIFICATION_TYPE_NEW, {"P02"}, &check));
  EXPECT_FALSE(check.other_checks(0).ended());
  // Nor the other way round.
  v1::Verification other = Asked();
  TakeOpenChecks("q1", {v1::VERIFICATION_TYPE_NEW}, &other);
  EXPECT_FALSE(EndOtherCheck(Other(), &other));
}

TEST(OtherChecks, EndsAreNotedUntilTheCheckIsClosedForGood) {
  v1::Verification check = Reported();
  check.mutable_decision()->set_outcome(v1::DECISION_OUTCOME_GRANTED);
  EXPECT_TRUE(NotesEnds(check)) << "a review makes it open again";
  check.set_state(v1::VERIFICATION_STATE_EXPIRED);
  EXPECT_TRUE(NotesEnds(check));
  check.set_state(v1::VERIFICATION_STATE_ARCHIVED);
  EXPECT_FALSE(NotesEnds(check));
  check.set_state(v1::VERIFICATION_STATE_REPORTED);
  check.set_erased(true);
  EXPECT_FALSE(NotesEnds(check));
}

}  // namespace
}  // namespace chuanyu::family_economy
