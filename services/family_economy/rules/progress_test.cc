// A check whose sources are of different speed, as a table of instants: what is there at once, what an answer
// adds, who is reminded when, and how it ends. Synthetic persons.
#include "services/family_economy/rules/progress.h"

#include "common/calendar/china_time.h"
#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/lifecycle.h"
#include "services/family_economy/rules/rules_testing.h"
#include "services/family_economy/rules/time_limits.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kA05 = v1::DATA_CLASS_A05_REAL_ESTATE;
constexpr auto kA10 = v1::DATA_CLASS_A10_ASSISTANCE;
constexpr auto kA14 = v1::DATA_CLASS_A14_FINANCE;
constexpr auto kPartial = v1::VERIFICATION_STATE_PARTIAL;

v1::ClassResult Result(v1::DataClass data_class, v1::ResultState state = v1::RESULT_STATE_NO_HIT) {
  v1::ClassResult result;
  result.set_data_class(data_class);
  result.set_state(state);
  return result;
}

google::protobuf::Timestamp Stamp(absl::Time time) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(time));
  return out;
}

class Slow : public ::testing::Test {
 protected:
  Slow() {
    check_.set_verification_no("CQ-A-500109-20260320-00000001");
    check_.set_state(v1::VERIFICATION_STATE_DISPATCHED);
    *check_.mutable_deadline() = Stamp(TestNow() + absl::Hours(24 * 60));
    *check_.mutable_partial_time() = Stamp(TestNow() + absl::Seconds(3));
    Ask("own", kA10, v1::SOURCE_GROUP_OWN_DATA);
    Ask("department", kA05, v1::SOURCE_GROUP_DEPARTMENTAL);
    Ask("bank", kA14, v1::SOURCE_GROUP_FINANCE);
  }

  void Ask(const std::string& id, v1::DataClass data_class, v1::SourceGroup group) {
    const ClassDeadline deadline = DeadlineFor(group, TestNow(), {}, TestCalendar()).value();
    v1::RemoteQuery& query = *check_.add_remote_queries();
    query.set_request_id(id);
    query.set_member_id("P02");
    query.mutable_region()->set_code(kSichuan);
    query.set_submitted(true);
    query.add_classes(data_class);
    query.set_group(group);
    *query.mutable_due_time() = Stamp(deadline.due);
    if (deadline.remind != absl::InfiniteFuture()) *query.mutable_remind_time() = Stamp(deadline.remind);
  }
  bool Answer(const std::string& id, v1::DataClass data_class, absl::Duration after,
              v1::ResultState state = v1::RESULT_STATE_NO_HIT) {
    const bool taken = TakeAnswer(id, kOutcomeOk, {Result(data_class, state)}, &check_);
    Pass(after);
    return taken;
  }
  void Pass(absl::Duration after) { Advance(TestNow() + after, kChongqing, &check_); }

  std::string Reason(v1::DataClass data_class) const {
    for (const v1::MemberResult& one : check_.results()) {
      if (one.result().data_class() == data_class) {
        return v1::ResultState_Name(one.result().state()).substr(sizeof("RESULT_STATE_") - 1) +
               (one.result().reason().empty() ? "" : " " + one.result().reason());
      }
    }
    return "none";
  }
  // "REMINDED department", in order.
  std::vector<std::string> QuestionEvents() const {
    std::vector<std::string> out;
    for (const v1::CaseEvent& event : check_.events()) {
      if (event.kind() == v1::CASE_EVENT_KIND_CLASS_REMINDED)
        out.push_back("REMINDED " + event.question_id());
      if (event.kind() == v1::CASE_EVENT_KIND_CLASS_OVERDUE) out.push_back("OVERDUE " + event.question_id());
      if (event.kind() == v1::CASE_EVENT_KIND_SUPPLEMENTED) out.push_back("SUPPLEMENTED");
    }
    return out;
  }

  v1::Verification check_ = Demo();
};

TEST_F(Slow, AFirstReportSaysWhatIsAwaited) {
  EXPECT_TRUE(Answer("own", kA10, absl::Seconds(1)));
  EXPECT_EQ(check_.state(), v1::VERIFICATION_STATE_QUERYING);
  Pass(absl::Seconds(3) - absl::Milliseconds(1));
  EXPECT_EQ(check_.state(), v1::VERIFICATION_STATE_QUERYING);
  Pass(absl::Seconds(3));
  EXPECT_EQ(check_.state(), kPartial);
  EXPECT_TRUE(AwaitsAnswers(check_));
  EXPECT_EQ(Reason(kA10), "NO_HIT");
  EXPECT_EQ(Reason(kA05), "NOT_CHECKED ANSWER_PENDING");
  EXPECT_EQ(Reason(kA14), "NOT_CHECKED ANSWER_PENDING");
  EXPECT_FALSE(check_.report().complete());
  EXPECT_THAT(check_.report().unchecked(), SizeIs(2));
}

TEST_F(Slow, EachLaterAnswerMakesAReportAndTheLastOneTheCompleteOne) {
  Answer("own", kA10, absl::Seconds(3));
  const std::string first = check_.report().report_no();
  EXPECT_TRUE(Answer("department", kA05, absl::Hours(24), v1::RESULT_STATE_HIT));
  EXPECT_EQ(check_.state(), kPartial);
  EXPECT_EQ(Reason(kA05), "HIT");
  EXPECT_TRUE(Answer("bank", kA14, absl::Hours(48)));
  EXPECT_EQ(check_.state(), v1::VERIFICATION_STATE_REPORTED);
  EXPECT_FALSE(AwaitsAnswers(check_));
  EXPECT_TRUE(check_.report().complete());
  EXPECT_THAT(check_.results(), SizeIs(3));
  // What was said before stays as it was said.
  ASSERT_THAT(check_.earlier_reports(), SizeIs(2));
  EXPECT_EQ(check_.earlier_reports(0).report().report_no(), first);
  EXPECT_THAT(check_.earlier_reports(0).report().unchecked(), SizeIs(2));
  EXPECT_EQ(check_.report().report_no(), "CQ-A-500109-20260320-00000001-R3");
  EXPECT_THAT(QuestionEvents(), ElementsAre("SUPPLEMENTED", "SUPPLEMENTED"));
}

TEST_F(Slow, QuickAnswersMakeOneReportOnly) {
  Answer("own", kA10, absl::Seconds(1));
  Answer("department", kA05, absl::Seconds(2));
  Answer("bank", kA14, absl::Seconds(2));
  EXPECT_EQ(check_.state(), v1::VERIFICATION_STATE_REPORTED);
  EXPECT_THAT(check_.earlier_reports(), IsEmpty());
}

// TestNow is Friday 2026-03-20: 4 and 5 working days end on the 26th and 27th, 12 and 15 on April 8th and
// 13th.
TEST_F(Slow, RemindsAt80PercentAndEndsAtTheLimit) {
  struct Row {
    absl::Time at;
    std::vector<std::string> events;
    const char* a05;
    const char* a14;
  };
  const auto shanghai = [](int month, int day, int hour, int minute = 0) {
    return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute), ChinaTime());
  };
  const char* const awaited = "NOT_CHECKED ANSWER_PENDING";
  const char* const ended = "NOT_CHECKED DEADLINE_PASSED";
  const std::vector<std::string> one = {"REMINDED department"};
  const std::vector<std::string> two = {"REMINDED department", "OVERDUE department"};
  const std::vector<std::string> three = {"REMINDED department", "OVERDUE department", "REMINDED bank"};
  std::vector<std::string> four = three;
  four.push_back("OVERDUE bank");
  const Row rows[] = {
      {shanghai(3, 26, 17, 59), {}, awaited, awaited},  {shanghai(3, 26, 18), one, awaited, awaited},
      {shanghai(3, 27, 17, 59), one, awaited, awaited}, {shanghai(3, 27, 18), two, ended, awaited},
      {shanghai(4, 8, 17, 59), two, ended, awaited},    {shanghai(4, 8, 18), three, ended, awaited},
      {shanghai(4, 13, 17, 59), three, ended, awaited}, {shanghai(4, 13, 18), four, ended, ended},
  };
  Answer("own", kA10, absl::Seconds(3));
  for (const Row& row : rows) {
    Advance(row.at, kChongqing, &check_);
    EXPECT_EQ(QuestionEvents(), row.events) << row.at;
    EXPECT_EQ(Reason(kA05), row.a05) << row.at;
    EXPECT_EQ(Reason(kA14), row.a14) << row.at;
    EXPECT_EQ(check_.state(), kPartial) << row.at;
    // Nothing happens twice, and the next thing is always ahead.
    EXPECT_FALSE(Advance(row.at, kChongqing, &check_));
    EXPECT_GT(NextWake(row.at, check_), row.at);
  }
  EXPECT_EQ(NextWake(shanghai(4, 13, 18), check_), absl::InfiniteFuture());
  EXPECT_FALSE(Answer("bank", kA14, absl::Hours(24 * 40)));
  EXPECT_EQ(Reason(kA14), "NOT_CHECKED DEADLINE_PASSED");
}

TEST_F(Slow, WakesForEveryStepWithoutAnAnswer) {
  Answer("own", kA10, absl::Seconds(1));
  absl::Time now = TestNow() + absl::Seconds(1);
  std::vector<std::string> steps;
  while (NextWake(now, check_) != absl::InfiniteFuture()) {
    now = NextWake(now, check_);
    ASSERT_TRUE(Advance(now, kChongqing, &check_)) << now;
    steps.push_back(absl::FormatTime("%m-%d %H:%M:%S", now, ChinaTime()));
  }
  EXPECT_THAT(steps, ElementsAre("03-20 17:46:43", "03-26 18:00:00", "03-27 18:00:00", "04-08 18:00:00",
                                 "04-13 18:00:00"));
}

// Domain page §3.12: a peer that is away is queued for; the clock runs and nothing reads as "has nothing".
TEST_F(Slow, OwnDataThatIsLateIsNotCheckedUntilItComes) {
  Answer("department", kA05, absl::Seconds(2));
  Pass(absl::Seconds(3));
  EXPECT_EQ(check_.state(), kPartial);
  EXPECT_EQ(Reason(kA10), "NOT_CHECKED DEADLINE_PASSED");
  EXPECT_THAT(QuestionEvents(), ElementsAre("OVERDUE own"));
  EXPECT_TRUE(Answer("own", kA10, absl::Minutes(10)));
  EXPECT_EQ(Reason(kA10), "NO_HIT");
}

TEST_F(Slow, NothingIsReportedWhileNothingIsKnown) {
  Pass(absl::Minutes(1));
  EXPECT_EQ(check_.state(), v1::VERIFICATION_STATE_DISPATCHED);
  EXPECT_THAT(check_.results(), IsEmpty());
  Answer("department", kA05, absl::Hours(1));
  EXPECT_EQ(check_.state(), kPartial);
}

TEST_F(Slow, TheCheckItselfEndsFirst) {
  *check_.mutable_deadline() = Stamp(TestNow() + absl::Hours(1));
  Answer("own", kA10, absl::Seconds(3));
  Pass(absl::Hours(1));
  EXPECT_EQ(Reason(kA05), "NOT_CHECKED DEADLINE_PASSED");
  EXPECT_EQ(Reason(kA14), "NOT_CHECKED DEADLINE_PASSED");
  EXPECT_FALSE(AwaitsAnswers(check_));
  EXPECT_EQ(check_.state(), kPartial);
}

TEST_F(Slow, ADecisionEndsTheWaiting) {
  Answer("own", kA10, absl::Seconds(3));
  v1::DecideVerificationRequest request;
  request.set_outcome(v1::DECISION_OUTCOME_REFUSED);
  request.set_officer_id("officer");
  request.set_note("n");
  ASSERT_TRUE(Decide({.name = "org/system", .now = TestNow() + absl::Minutes(1)}, request, &check_).ok());
  const std::string report = check_.report().SerializeAsString();
  EXPECT_FALSE(AwaitsAnswers(check_));
  EXPECT_FALSE(Answer("department", kA05, absl::Hours(1), v1::RESULT_STATE_HIT));
  EXPECT_EQ(check_.report().SerializeAsString(), report);
  for (const v1::RemoteQuery& query : check_.remote_queries()) {
    EXPECT_EQ(query.withdrawn(), query.request_id() != "own");
  }
}

}  // namespace
}  // namespace chuanyu::family_economy
