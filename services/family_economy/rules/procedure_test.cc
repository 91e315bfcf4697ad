// Domain page §4.3 as a table: what is due when, in Chongqing (30 days without 公示) and by the national text
// (30 and 45 working days). 2026-03-20 is a Friday; 清明节 is 2026-04-04 to 04-06. Synthetic persons.
#include "services/family_economy/rules/procedure.h"

#include "common/errors/error.h"
#include "gmock/gmock.h"
#include "services/family_economy/rules/assessment_testing.h"
#include "services/family_economy/rules/due_acts.h"
#include "services/family_economy/rules/lifecycle.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr auto kSurvey = v1::PROCEDURE_ACT_SURVEY;
constexpr auto kDecision = v1::PROCEDURE_ACT_DECISION;
constexpr auto kWhole = v1::PROCEDURE_ACT_WHOLE;
constexpr auto kRefusal = v1::PROCEDURE_ACT_REFUSAL_NOTICE;

const ProcedureRules& Rules() { return (*TestPolicy().PeriodOn(Date(2026, 3, 1)))->procedure; }

// 民发〔2021〕57号.
ProcedureRules National() {
  ProcedureRules rules = Rules();
  rules.whole = {.days = 30, .unit = Limit::Unit::kWorkingDays};
  rules.whole_special = {.days = 45, .unit = Limit::Unit::kWorkingDays};
  rules.whole_excludes_notice = false;
  return rules;
}

constexpr Date kFriday(2026, 3, 20);

struct Row {
  const char* what;
  ProcedureFacts facts;
  ProcedureRules rules;
  std::vector<OpenAct> open;
};

TEST(CountOpenActs, ByRegionAndByWhatWasDone) {
  const Row rows[] = {
      {"accepted, awaiting answers",
       {.accepted = kFriday},
       Rules(),
       // 3 working days: the 25th; 80 % of them are used up on its morning or never. 30 days: Sunday the 19th
       // moves.
       {{kSurvey, Date(2026, 3, 25), Date(2026, 3, 26)}, {kWhole, Date(2026, 4, 20), Date(2026, 4, 14)}}},
      {"surveyed",
       {.accepted = kFriday, .survey = Date(2026, 3, 23)},
       Rules(),
       {{kWhole, Date(2026, 4, 20), Date(2026, 4, 14)}}},
      {"answered",
       {.accepted = kFriday, .survey = Date(2026, 3, 23), .answered = Date(2026, 3, 27)},
       Rules(),
       // 10 working days around 清明节.
       {{kDecision, Date(2026, 4, 13), Date(2026, 4, 10)}, {kWhole, Date(2026, 4, 20), Date(2026, 4, 14)}}},
      {"公示 stops the clock of the whole in Chongqing, as long as its law says",
       {.accepted = kFriday, .survey = kFriday, .notice = NoticePeriod{.from = Date(2026, 3, 30), .to = {}}},
       Rules(),
       // The 7 days end on Monday the 6th, a day off: on the 7th; 9 days stand still.
       {{kWhole, Date(2026, 4, 28), Date(2026, 4, 23)}}},
      {"as long as it was",
       {.accepted = kFriday,
        .survey = kFriday,
        .notice = NoticePeriod{.from = Date(2026, 3, 30), .to = Date(2026, 4, 3)},
        .renotice = NoticePeriod{.from = Date(2026, 4, 8), .to = Date(2026, 4, 10)}},
       Rules(),
       {{kWhole, Date(2026, 4, 27), Date(2026, 4, 22)}}},
      {"and not by the national text",
       {.accepted = kFriday, .survey = kFriday, .notice = NoticePeriod{.from = Date(2026, 3, 30), .to = {}}},
       National(),
       {{kWhole, Date(2026, 5, 7), Date(2026, 4, 25)}}},
      {"a special survey",
       {.accepted = kFriday, .survey = kFriday, .special_survey = true},
       National(),
       {{kWhole, Date(2026, 5, 27), Date(2026, 5, 15)}}},
      {"granted: nothing is due",
       {.accepted = kFriday, .answered = kFriday, .decided = Date(2026, 3, 24)},
       Rules(),
       {}},
      {"refused: to be told",
       {.accepted = kFriday, .decided = Date(2026, 3, 24), .refused = true},
       Rules(),
       {{kRefusal, Date(2026, 3, 27), Date(2026, 3, 28)}}},
      {"refused and told",
       {.accepted = kFriday,
        .decided = Date(2026, 3, 24),
        .refused = true,
        .refusal_told = Date(2026, 3, 25)},
       Rules(),
       {}},
      {"复核: the limit of the decision runs anew, the others were met",
       {.accepted = Date(2026, 1, 5), .answered = kFriday, .reviewed = true},
       Rules(),
       {{kDecision, Date(2026, 4, 3), Date(2026, 4, 2)}}},
  };
  for (const Row& row : rows) {
    const OpenActs open = CountOpenActs(row.facts, row.rules, TestCalendar());
    EXPECT_TRUE(open.problem.ok()) << row.what << open.problem;
    EXPECT_THAT(open.acts, ElementsAreArray(row.open)) << row.what;
  }
}

// The amber day is the first on which StateOfLimit reminds, for every start in a year.
TEST(CountOpenActs, TurnAmberWhenTheReminderIsDue) {
  for (Date start(2025, 12, 1); start < Date(2026, 9, 1); ++start) {
    const OpenActs open = CountOpenActs({.accepted = start, .survey = start}, Rules(), TestCalendar());
    ASSERT_EQ(open.acts.size(), 1u) << FormatDate(start);
    const OpenAct& whole = open.acts[0];
    for (Date day = start + 1; day <= whole.due + 1; ++day) {
      const auto state = StateOfLimit(start, Rules().whole, {}, day, 8000, TestCalendar());
      ASSERT_TRUE(state.ok());
      const DeadlineState want = day > whole.due      ? DeadlineState::kEscalate
                                 : day >= whole.amber ? DeadlineState::kRemind
                                                      : DeadlineState::kNone;
      ASSERT_EQ(*state, want) << FormatDate(start) << " " << FormatDate(day);
    }
  }
}

// What can be counted is; the rest is said, and never counted as plain Monday to Friday.
TEST(CountOpenActs, InAYearWithoutCalendarAreAProblem) {
  const OpenActs open = CountOpenActs({.accepted = Date(2026, 12, 21)}, Rules(), TestCalendar());
  ASSERT_EQ(open.acts.size(), 1u);
  EXPECT_EQ(open.acts[0].act, kSurvey);
  EXPECT_TRUE(HasReason(open.problem, Reason::CALENDAR_NOT_LOADED)) << open.problem;
}

class Counted : public ::testing::Test {
 protected:
  Counted() {
    check_.set_state(v1::VERIFICATION_STATE_REPORTED);
    check_.mutable_create_time()->set_seconds(absl::ToUnixSeconds(TestNow()));
    RecordEvent(v1::CASE_EVENT_KIND_CREATED, {.name = "county/platform", .now = TestNow()}, &check_);
    RecordEvent(v1::CASE_EVENT_KIND_PROGRESSED, {.name = "", .now = TestNow()}, &check_);
  }
  void Count(absl::Duration after = absl::ZeroDuration()) {
    CountProcedure(&TestPolicy(), TestCalendar(), TestNow() + after, &check_);
  }
  // "SURVEY 2026-03-25 GREEN", as of so many days after the start.
  std::vector<std::string> Due(int days = 0) {
    ShowLights(TestNow() + absl::Hours(24 * days), &check_);
    std::vector<std::string> out;
    for (const v1::DueAct& due : check_.due_acts()) {
      out.push_back(v1::ProcedureAct_Name(due.act()).substr(sizeof("PROCEDURE_ACT_") - 1) + " " +
                    due.due_date().value() + " " +
                    cases::v1::DeadlineLight_Name(due.light()).substr(sizeof("DEADLINE_LIGHT_") - 1));
    }
    return out;
  }
  // "OVERDUE SURVEY", in order.
  std::vector<std::string> Told() const {
    std::vector<std::string> out;
    for (const v1::CaseEvent& event : check_.events()) {
      const std::string act =
          v1::ProcedureAct_Name(event.procedure_act()).substr(sizeof("PROCEDURE_ACT_") - 1);
      if (event.kind() == v1::CASE_EVENT_KIND_PROCEDURE_REMINDED) out.push_back("REMINDED " + act);
      if (event.kind() == v1::CASE_EVENT_KIND_PROCEDURE_OVERDUE) out.push_back("OVERDUE " + act);
    }
    return out;
  }

  v1::Verification check_ = Demo();
};

TEST_F(Counted, FromTheDayOfAcceptanceOrElseOfFiling) {
  Count();
  EXPECT_THAT(Due(),
              ElementsAre("SURVEY 2026-03-25 GREEN", "DECISION 2026-04-03 GREEN", "WHOLE 2026-04-20 GREEN"));
  check_.mutable_procedure()->mutable_accepted_date()->set_value("2026-03-16");
  Count();
  EXPECT_THAT(Due(),
              ElementsAre("SURVEY 2026-03-19 RED", "DECISION 2026-04-03 GREEN", "WHOLE 2026-04-15 GREEN"));
}

TEST_F(Counted, TheDecisionOnceNothingIsAwaitedAnyMore) {
  check_.set_state(v1::VERIFICATION_STATE_PARTIAL);
  check_.add_remote_queries()->set_request_id("bank");
  Count();
  EXPECT_THAT(Due(), ElementsAre("SURVEY 2026-03-25 GREEN", "WHOLE 2026-04-20 GREEN"));
  check_.mutable_remote_queries(0)->set_answered(true);
  RecordEvent(v1::CASE_EVENT_KIND_SUPPLEMENTED, {.name = "", .now = TestNow() + absl::Hours(24 * 3)},
              &check_);
  Count();
  EXPECT_THAT(Due(),
              ElementsAre("SURVEY 2026-03-25 GREEN", "DECISION 2026-04-07 GREEN", "WHOLE 2026-04-20 GREEN"));
}

TEST_F(Counted, NothingForWhatIsOverOrHasNoLimits) {
  const v1::Verification open = check_;
  const std::pair<const char*, void (*)(v1::Verification&)> changes[] = {
      {"archived", [](v1::Verification& check) { check.set_state(v1::VERIFICATION_STATE_ARCHIVED); }},
      {"cancelled", [](v1::Verification& check) { check.set_state(v1::VERIFICATION_STATE_CANCELLED); }},
      {"revoked", [](v1::Verification& check) { check.set_state(v1::VERIFICATION_STATE_REVOKED); }},
      {"a re-check", [](v1::Verification& check) { check.set_type(v1::VERIFICATION_TYPE_RECHECK); }},
      {"特困", [](v1::Verification& check) { check.set_assist_type("P-TEKUN"); }},
      {"erased", [](v1::Verification& check) { check.set_erased(true); }}};
  for (const auto& [what, change] : changes) {
    check_ = open;
    Count();
    ASSERT_FALSE(check_.due_acts().empty());
    change(check_);
    Count();
    EXPECT_THAT(Due(), IsEmpty()) << what;
    EXPECT_THAT(check_.due_problem(), IsEmpty()) << what;
  }
}

TEST_F(Counted, SayWhyTheyAreNot) {
  check_.mutable_procedure()->mutable_accepted_date()->set_value("2020-01-02");  // long before the policy
  Count();
  EXPECT_EQ(check_.due_problem(), "CONFIG_INVALID");
  EXPECT_THAT(Due(), IsEmpty());
  check_.clear_procedure();
  CountProcedure(nullptr, TestCalendar(), TestNow(), &check_);
  EXPECT_EQ(check_.due_problem(), "CONFIG_INVALID");
  check_.mutable_create_time()->set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(Date(2026, 12, 21), absl::UTCTimeZone())));
  Count();
  EXPECT_EQ(check_.due_problem(), "CALENDAR_NOT_LOADED");
  Count();
  EXPECT_EQ(check_.due_problem(), "CALENDAR_NOT_LOADED");
}

// Each once: at a fifth of the limit, and on the morning after its last day.
TEST_F(Counted, AreRemindedOfAndEscalatedOnce) {
  Count();
  std::vector<std::pair<int, std::string>> seen;  // day and what was told
  for (int day = 0; day <= 40; ++day) {
    const size_t before = Told().size();
    const absl::Time now = TestNow() + absl::Hours(24 * day);
    const bool due = NextDueWake(check_) <= now;
    EXPECT_EQ(FollowDueActs(now, &check_), due) << day;
    EXPECT_FALSE(FollowDueActs(now, &check_));
    Count();  // as each time that it is stored
    for (size_t at = before; at < Told().size(); ++at) seen.emplace_back(day, Told()[at]);
  }
  using P = std::pair<int, std::string>;
  EXPECT_THAT(seen, ElementsAre(P(6, "OVERDUE SURVEY"), P(13, "REMINDED DECISION"), P(15, "OVERDUE DECISION"),
                                P(25, "REMINDED WHOLE"), P(32, "OVERDUE WHOLE")));
  EXPECT_EQ(NextDueWake(check_), absl::InfiniteFuture());
  // A later day is another one.
  check_.mutable_procedure()->mutable_notice_from()->set_value("2026-03-30");
  Count();
  EXPECT_NE(NextDueWake(check_), absl::InfiniteFuture());
}

// Days on which nobody looked: amber has passed unsaid, and is not said afterwards.
TEST_F(Counted, AServiceThatWasAwayTellsWhatIsOverdueOnly) {
  Count();
  EXPECT_TRUE(FollowDueActs(TestNow() + absl::Hours(24 * 60), &check_));
  EXPECT_THAT(Told(), ElementsAre("OVERDUE SURVEY", "OVERDUE DECISION", "OVERDUE WHOLE"));
}

TEST_F(Counted, RemindersAreNoWorkOnTheCheck) {
  Count();
  const v1::Verification before = check_;
  FollowDueActs(TestNow() + absl::Hours(24 * 6), &check_);
  EXPECT_TRUE(OnlyReminded(before, check_));
  EXPECT_FALSE(OnlyReminded(check_, check_));
  RecordEvent(v1::CASE_EVENT_KIND_LIFE_EVENT, {.name = "", .now = TestNow()}, &check_);
  EXPECT_FALSE(OnlyReminded(before, check_));
}

// The check itself has to begin within 3 working days of being asked.
TEST_F(Counted, ACheckThatWasFiledTooLateIsToldOnce) {
  check_.mutable_procedure()->mutable_asked_date()->set_value("2026-03-17");  // Tuesday
  Count();
  EXPECT_THAT(Told(), IsEmpty());
  check_.mutable_procedure()->mutable_asked_date()->set_value("2026-03-16");
  Count();
  Count();
  EXPECT_THAT(Told(), ElementsAre("OVERDUE CHECK_START"));
}

TEST_F(Counted, ARefusalIsToBeToldUntilItWas) {
  v1::Decision& decision = *check_.mutable_decision();
  decision.set_outcome(v1::DECISION_OUTCOME_REFUSED);
  decision.mutable_decided_at()->set_seconds(absl::ToUnixSeconds(TestNow()));
  Count();
  EXPECT_THAT(Due(3), ElementsAre("REFUSAL_NOTICE 2026-03-25 GREEN"));
  EXPECT_THAT(Due(6), ElementsAre("REFUSAL_NOTICE 2026-03-25 RED"));
  v1::RecordProcedureRequest request;
  request.set_officer_id("zhang.san");
  *request.mutable_procedure()->mutable_refusal_told_date() = type::v1::Date();
  request.mutable_procedure()->mutable_refusal_told_date()->set_value("2026-03-19");
  const Actor later = {.name = "county/platform", .now = TestNow() + absl::Hours(48)};
  EXPECT_TRUE(HasReason(RecordProcedure(later, request, &check_), Reason::DATE_INVALID));
  request.mutable_procedure()->mutable_refusal_told_date()->set_value("2026-03-20");
  ASSERT_TRUE(RecordProcedure(later, request, &check_).ok());
  Count();
  EXPECT_THAT(Due(), IsEmpty());
  const v1::CaseEvent& last = check_.events(check_.events_size() - 1);
  EXPECT_EQ(last.kind(), v1::CASE_EVENT_KIND_PROCEDURE_RECORDED);
  EXPECT_EQ(last.officer_id(), "zhang.san");
  decision.set_outcome(v1::DECISION_OUTCOME_GRANTED);
  EXPECT_TRUE(HasReason(RecordProcedure(later, request, &check_), Reason::STATE_CONFLICT));
}

TEST(CheckProcedure, RefusesDaysThatCannotBe) {
  using P = v1::Procedure;
  const Date today(2026, 3, 20);
  EXPECT_TRUE(CheckProcedure({}, today).ok());
  struct Bad {
    const char* field;
    void (*set)(P&);
  };
  const Bad rows[] = {
      {"procedure.accepted_date", [](P& p) { p.mutable_accepted_date()->set_value("2026-03-21"); }},
      {"procedure.accepted_date", [](P& p) { p.mutable_accepted_date()->set_value("2026-02-30"); }},
      {"procedure.asked_date", [](P& p) { p.mutable_asked_date()->set_value("2026-03-09"); }},
      {"procedure.survey_date", [](P& p) { p.mutable_survey_date()->set_value("2026-03-09"); }},
      {"procedure.notice_from", [](P& p) { p.mutable_notice_from()->set_value("2026-03-09"); }},
      {"procedure.notice_from", [](P& p) { p.mutable_notice_to()->set_value("2026-03-18"); }},
      {"procedure.notice_to",
       [](P& p) {
         p.mutable_notice_from()->set_value("2026-03-18");
         p.mutable_notice_to()->set_value("2026-03-17");
       }},
      {"procedure.renotice_from",
       [](P& p) {
         p.mutable_notice_from()->set_value("2026-03-18");
         p.mutable_renotice_from()->set_value("2026-03-17");
       }},
      {"procedure.refusal_told_date", [](P& p) { p.mutable_refusal_told_date()->set_value(""); }},
  };
  for (const Bad& row : rows) {
    P procedure;
    procedure.mutable_accepted_date()->set_value("2026-03-10");
    row.set(procedure);
    const absl::Status status = CheckProcedure(procedure, today);
    EXPECT_TRUE(HasReason(status, Reason::DATE_INVALID)) << row.field << status;
    EXPECT_EQ(FieldOf(status), row.field);
  }
}

}  // namespace
}  // namespace chuanyu::family_economy
