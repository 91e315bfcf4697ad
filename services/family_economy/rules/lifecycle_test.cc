// Every pair of state and act of domain page §4.2, and what each act leaves behind. Synthetic persons.
#include "services/family_economy/rules/lifecycle.h"

#include <map>
#include <set>

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/rules_testing.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Actor kTown = {.name = "town/window", .now = TestNow()};

std::vector<v1::VerificationState> AllStates() {
  std::vector<v1::VerificationState> states;
  for (int i = v1::VerificationState_MIN; i <= v1::VerificationState_MAX; ++i) {
    if (v1::VerificationState_IsValid(i)) states.push_back(static_cast<v1::VerificationState>(i));
  }
  return states;
}

// Written out state by state, so that a slip in the table by acts shows: C cancel, V revoke, R request
// review, S start review, P propose, D decide, A archive, N record the procedure.
TEST(After, EveryPairOfStateAndAct) {
  const std::map<v1::VerificationState, std::string> allowed = {
      {v1::VERIFICATION_STATE_UNSPECIFIED, ""},
      {v1::VERIFICATION_STATE_DRAFT, "CV"},
      {v1::VERIFICATION_STATE_SUBMITTED, "CV"},
      {v1::VERIFICATION_STATE_ACCEPTED, "CVN"},
      {v1::VERIFICATION_STATE_DISPATCHED, "CVN"},
      {v1::VERIFICATION_STATE_QUERYING, "CVN"},
      {v1::VERIFICATION_STATE_PARTIAL, "CVRPDAN"},
      {v1::VERIFICATION_STATE_ANSWERED, "V"},
      {v1::VERIFICATION_STATE_REPORTED, "VRPDAN"},
      {v1::VERIFICATION_STATE_ARCHIVED, ""},
      {v1::VERIFICATION_STATE_REJECTED, ""},
      {v1::VERIFICATION_STATE_CANCELLED, ""},
      {v1::VERIFICATION_STATE_REVOKED, ""},
      {v1::VERIFICATION_STATE_EXPIRED, "VXN"},
      {v1::VERIFICATION_STATE_REVIEW_REQUESTED, "VS"},
      {v1::VERIFICATION_STATE_REVIEWING, "VN"},
      {v1::VERIFICATION_STATE_REVIEWED, "VPDAN"},
  };
  const std::map<Act, std::pair<char, v1::VerificationState>> acts = {
      {Act::kCancel, {'C', v1::VERIFICATION_STATE_CANCELLED}},
      {Act::kRevoke, {'V', v1::VERIFICATION_STATE_REVOKED}},
      {Act::kRequestReview, {'R', v1::VERIFICATION_STATE_REVIEW_REQUESTED}},
      {Act::kStartReview, {'S', v1::VERIFICATION_STATE_REVIEWING}},
      {Act::kPropose, {'P', v1::VERIFICATION_STATE_UNSPECIFIED}},  // the state stays
      {Act::kDecide, {'D', v1::VERIFICATION_STATE_UNSPECIFIED}},
      {Act::kArchive, {'A', v1::VERIFICATION_STATE_ARCHIVED}},
      {Act::kRedispatch, {'X', v1::VERIFICATION_STATE_ACCEPTED}},
      {Act::kRecordProcedure, {'N', v1::VERIFICATION_STATE_UNSPECIFIED}},
  };
  ASSERT_EQ(allowed.size(), AllStates().size());
  ASSERT_EQ(acts.size(), kAllActs.size());
  for (const v1::VerificationState state : AllStates()) {
    for (const Act act : kAllActs) {
      const auto& [letter, to] = acts.at(act);
      const bool may = allowed.at(state).find(letter) != std::string::npos;
      const auto after = After(state, act);
      ASSERT_EQ(after.has_value(), may) << v1::VerificationState_Name(state) << " " << letter;
      if (may) {
        EXPECT_EQ(*after, to == v1::VERIFICATION_STATE_UNSPECIFIED ? state : to)
            << v1::VerificationState_Name(state);
      }
    }
  }
}

// A check that waits for one answer about P02, and has one about P01.
v1::Verification Waiting() {
  v1::Verification check = Demo();
  check.set_verification_no("CQ-A-500109-20260320-00000001");
  check.set_state(v1::VERIFICATION_STATE_QUERYING);
  v1::ClassResult result;
  result.set_data_class(v1::DATA_CLASS_A10_ASSISTANCE);
  result.set_state(v1::RESULT_STATE_NO_HIT);
  AddResults("P01", kChongqing, {result}, &check);
  check.mutable_report()->add_members()->set_masked_name("张*甲");
  v1::RemoteQuery& query = *check.add_remote_queries();
  query.set_request_id("question");
  query.mutable_region()->set_code(kSichuan);
  query.set_member_id("P02");
  query.add_classes(v1::DATA_CLASS_A10_ASSISTANCE);
  query.set_submitted(true);
  return check;
}

v1::Verification Reported() {
  v1::Verification check = Waiting();
  v1::ClassResult result;
  result.set_data_class(v1::DATA_CLASS_A10_ASSISTANCE);
  result.set_state(v1::RESULT_STATE_NO_HIT);
  TakeAnswer("question", kOutcomeOk, {result}, &check);
  Advance(TestNow(), kChongqing, &check);
  EXPECT_EQ(check.state(), v1::VERIFICATION_STATE_REPORTED);
  return check;
}

std::vector<v1::CaseEventKind> Kinds(const v1::Verification& check) {
  std::vector<v1::CaseEventKind> kinds;
  for (const v1::CaseEvent& event : check.events()) kinds.push_back(event.kind());
  return kinds;
}

// The text of a message holds Chinese as octal escapes unless it is printed as UTF-8.
std::string TextOf(const v1::Verification& check) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.PrintToString(check, &text);
  return text;
}

void ExpectNobodyIn(const v1::Verification& check) {
  for (const char* secret : {kP01, kP02, "张测甲", "李测乙", "张*甲", "RESULT_STATE"}) {
    EXPECT_THAT(TextOf(check), Not(HasSubstr(secret)));
  }
  EXPECT_TRUE(check.erased());
}

TEST(Cancel, WithdrawsQuestionsAndErasesWhatWasFound) {
  v1::Verification check = Waiting();
  ASSERT_TRUE(Cancel(kTown, &check).ok());
  EXPECT_EQ(check.state(), v1::VERIFICATION_STATE_CANCELLED);
  EXPECT_TRUE(check.remote_queries(0).withdrawn());
  EXPECT_EQ(check.remote_queries(0).outcome(), "STATE_CONFLICT");
  ExpectNobodyIn(check);
  EXPECT_THAT(Kinds(check), ElementsAre(v1::CASE_EVENT_KIND_CANCELLED));
  EXPECT_EQ(check.events(0).actor(), "town/window");
}

TEST(Cancel, IsTooLateOnceAnsweredOrDecided) {
  v1::Verification check = Reported();
  const std::string before = check.SerializeAsString();
  EXPECT_TRUE(HasReason(Cancel(kTown, &check), Reason::STATE_CONFLICT));
  EXPECT_EQ(check.SerializeAsString(), before);
  check = Waiting();
  check.set_state(v1::VERIFICATION_STATE_PARTIAL);
  check.mutable_decision()->set_outcome(v1::DECISION_OUTCOME_GRANTED);
  EXPECT_TRUE(HasReason(Cancel(kTown, &check), Reason::STATE_CONFLICT));
}

// Scenario 7.
TEST(Revoke, ErasesKeepsTheTimelineAndTakesNoLateAnswer) {
  v1::Verification check = Waiting();
  EXPECT_TRUE(Revoke(kTown, &check));
  EXPECT_EQ(check.state(), v1::VERIFICATION_STATE_REVOKED);
  EXPECT_TRUE(check.authorization().has_revoked_at());
  EXPECT_EQ(check.authorization().auth_no(), "SQ-DEMO-0001");
  EXPECT_EQ(check.remote_queries(0).outcome(), "AUTH_REVOKED");
  ExpectNobodyIn(check);
  v1::ClassResult late;
  late.set_state(v1::RESULT_STATE_HIT);
  EXPECT_FALSE(TakeAnswer("question", kOutcomeOk, {late}, &check));
  EXPECT_FALSE(Advance(TestNow() + absl::Hours(2), kChongqing, &check));
  ExpectNobodyIn(check);
  EXPECT_THAT(Kinds(check), ElementsAre(v1::CASE_EVENT_KIND_AUTHORIZATION_REVOKED));
  EXPECT_FALSE(Revoke(kTown, &check));
}

TEST(Revoke, LeavesTheArchiveAloneAndErasesWhatWasCancelled) {
  v1::Verification archived = Reported();
  ASSERT_TRUE(Archive(kTown, &archived).ok());
  const std::string before = archived.SerializeAsString();
  EXPECT_FALSE(Revoke(kTown, &archived));
  EXPECT_EQ(archived.SerializeAsString(), before);
  v1::Verification cancelled = Waiting();
  ASSERT_TRUE(Cancel(kTown, &cancelled).ok());
  EXPECT_TRUE(Revoke(kTown, &cancelled));
  EXPECT_EQ(cancelled.state(), v1::VERIFICATION_STATE_CANCELLED);
  EXPECT_TRUE(cancelled.authorization().has_revoked_at());
}

v1::RequestReviewRequest Contest() {
  v1::RequestReviewRequest request;
  request.set_requested_by(v1::REVIEW_REQUESTER_CITIZEN);
  request.set_note("张测甲 contests A10");
  request.mutable_deadline()->set_seconds(absl::ToUnixSeconds(TestNow()) + 7200);
  return request;
}

TEST(StartReview, PutsTheOldReportAsideAndEndsWithANewOne) {
  v1::Verification check = Reported();
  ASSERT_TRUE(StartReview(kTown, Contest(), &check).ok());
  EXPECT_EQ(check.state(), v1::VERIFICATION_STATE_REVIEWING);
  ASSERT_THAT(check.earlier_reports(), SizeIs(1));
  EXPECT_THAT(check.earlier_reports(0).results(), SizeIs(2));
  EXPECT_THAT(check.earlier_reports(0).remote_queries(), SizeIs(1));
  EXPECT_THAT(check.results(), IsEmpty());
  EXPECT_THAT(check.remote_queries(), IsEmpty());
  EXPECT_EQ(ViewOf(check, true, TestNow()).report().report_no(), "CQ-A-500109-20260320-00000001-R1");
  v1::ClassResult result;
  result.set_state(v1::RESULT_STATE_NOT_CHECKED);
  result.set_reason("SOURCE_UNAVAILABLE");
  AddResults("P01", kChongqing, {result}, &check);
  EXPECT_TRUE(Advance(TestNow(), kChongqing, &check));
  EXPECT_EQ(check.state(), v1::VERIFICATION_STATE_REVIEWED);
  EXPECT_EQ(check.report().report_no(), "CQ-A-500109-20260320-00000001-R2");
  EXPECT_FALSE(check.report().complete());
  EXPECT_EQ(check.report().members(0).masked_name(), "张*甲");
  EXPECT_THAT(Kinds(check), ElementsAre(v1::CASE_EVENT_KIND_PROGRESSED, v1::CASE_EVENT_KIND_REVIEW_REQUESTED,
                                        v1::CASE_EVENT_KIND_REVIEW_STARTED, v1::CASE_EVENT_KIND_PROGRESSED));
  EXPECT_TRUE(HasReason(StartReview(kTown, Contest(), &check), Reason::STATE_CONFLICT));
}

v1::DecideVerificationRequest Granted() {
  v1::DecideVerificationRequest request;
  request.set_version(3);
  request.set_outcome(v1::DECISION_OUTCOME_GRANTED);
  request.set_officer_id("county.officer-7");
  request.set_note("张测甲: income below the standard");
  return request;
}

TEST(Decide, OnceForEachReportAndOnlyOnOne) {
  v1::Verification check = Waiting();
  EXPECT_TRUE(HasReason(Decide(kTown, Granted(), &check), Reason::STATE_CONFLICT));
  check = Reported();
  ASSERT_TRUE(Decide(kTown, Granted(), &check).ok());
  EXPECT_EQ(check.state(), v1::VERIFICATION_STATE_REPORTED);
  EXPECT_EQ(check.decision().report_no(), "CQ-A-500109-20260320-00000001-R1");
  EXPECT_TRUE(HasReason(Decide(kTown, Granted(), &check), Reason::STATE_CONFLICT));
  // The note may name persons, so only the full view shows it.
  EXPECT_THAT(ViewOf(check, false, TestNow()).decision().note(), IsEmpty());
  EXPECT_FALSE(ViewOf(check, true, TestNow()).decision().note().empty());
  // A review opens the question again; what was decided stays with the old report.
  ASSERT_TRUE(StartReview(kTown, Contest(), &check).ok());
  EXPECT_FALSE(check.has_decision());
  EXPECT_EQ(check.earlier_reports(0).decision().officer_id(), "county.officer-7");
  EXPECT_THAT(ViewOf(check, false, TestNow()).earlier_reports(0).decision().note(), IsEmpty());
  Advance(TestNow(), kChongqing, &check);
  EXPECT_TRUE(Decide(kTown, Granted(), &check).ok());
}

TEST(CheckDecision, NamesTheMalformedField) {
  EXPECT_TRUE(CheckDecision(Granted()).ok());
  struct Row {
    const char* field;
    void (*spoil)(v1::DecideVerificationRequest&);
  };
  for (const Row& row : {
           Row{"version", [](auto& r) { r.clear_version(); }},
           Row{"outcome", [](auto& r) { r.clear_outcome(); }},
           Row{"officer_id", [](auto& r) { r.clear_officer_id(); }},
           Row{"officer_id", [](auto& r) { r.set_officer_id(kP01); }},
           Row{"officer_id", [](auto& r) { r.set_officer_id("500112850412991"); }},
           Row{"note", [](auto& r) { r.clear_note(); }},
           Row{"note", [](auto& r) { r.set_note(std::string(1001, 'x')); }},
       }) {
    v1::DecideVerificationRequest request = Granted();
    row.spoil(request);
    EXPECT_TRUE(HasReason(CheckDecision(request), Reason::BAD_REQUEST)) << row.field;
    EXPECT_EQ(FieldOf(CheckDecision(request)), row.field);
  }
}

TEST(CheckReview, NamesTheMalformedField) {
  EXPECT_TRUE(CheckReview(Contest()).ok());
  v1::RequestReviewRequest request = Contest();
  request.clear_requested_by();
  EXPECT_EQ(FieldOf(CheckReview(request)), "requested_by");
  request = Contest();
  request.clear_deadline();
  EXPECT_EQ(FieldOf(CheckReview(request)), "deadline");
  request = Contest();
  request.set_note(std::string(1001, 'x'));
  EXPECT_EQ(FieldOf(CheckReview(request)), "note");
}

TEST(EraseAtRetention, KeepsTheMaskedReportAndTheDecision) {
  v1::Verification check = Reported();
  ASSERT_TRUE(Decide(kTown, Granted(), &check).ok());
  ASSERT_TRUE(Archive(kTown, &check).ok());
  EraseAtRetention({.name = "", .now = TestNow()}, &check);
  for (const char* secret : {kP01, kP02, "张测甲", "李测乙", "RESULT_STATE"}) {
    EXPECT_THAT(TextOf(check), Not(HasSubstr(secret)));
  }
  EXPECT_EQ(check.report().members(0).masked_name(), "张*甲");
  EXPECT_EQ(check.decision().officer_id(), "county.officer-7");
  EXPECT_TRUE(check.erased());
}

}  // namespace
}  // namespace chuanyu::family_economy
