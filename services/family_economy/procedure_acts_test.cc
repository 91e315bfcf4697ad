// The county's own time limits at the service's border: entered, shown, told when they pass. Synthetic
// persons.
#include "gmock/gmock.h"
#include "services/family_economy/acts_testing.h"
#include "services/family_economy/rules/assessment_testing.h"
#include "services/family_economy/rules/procedure.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ProcedureActsTest : public ActsFixture {
 protected:
  ProcedureActsTest() {
    plan_ = [this](v1::Verification* check) {
      CountProcedure(&TestPolicy(), TestCalendar(), clock_.Now(), check);
    };
  }
  absl::StatusOr<v1::Verification> Record(const std::string& number, const std::string& survey,
                                          const std::string& id = "record", int64_t version = 0) {
    auto request = RequestFor<v1::RecordProcedureRequest>(number, id);
    request.mutable_procedure()->mutable_survey_date()->set_value(survey);
    request.set_officer_id("zhang.san");
    request.set_version(version);
    return Call(&v1::FamilyEconomy::Stub::RecordProcedure, request);
  }
  static std::vector<int> ActsOf(const v1::Verification& check) {
    std::vector<int> acts;
    for (const v1::DueAct& due : check.due_acts()) acts.push_back(due.act());
    return acts;
  }
  v1::GetVerificationOverviewResponse Overview(const std::string& who) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    v1::GetVerificationOverviewResponse response;
    const grpc::Status status = Stub(who)->GetVerificationOverview(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  static int CountOf(const v1::Verification& check, v1::CaseEventKind kind) {
    return static_cast<int>(std::count_if(check.events().begin(), check.events().end(),
                                          [&](const v1::CaseEvent& event) { return event.kind() == kind; }));
  }
  // Once the service has told `overdue` acts by itself.
  v1::Verification AwaitOverdue(const std::string& number, int overdue) {
    const absl::Time limit = absl::Now() + absl::Minutes(1);
    for (;;) {
      const v1::Verification check = Get(number).value();
      if (CountOf(check, v1::CASE_EVENT_KIND_PROCEDURE_OVERDUE) >= overdue) return check;
      if (absl::Now() > limit) {
        ADD_FAILURE() << check.DebugString();
        return check;
      }
    }
  }
};

TEST_F(ProcedureActsTest, TheNextActIsShownAndGoesWhenItIsDone) {
  const v1::Verification check = ReportedCheck();
  EXPECT_THAT(ActsOf(check),
              ElementsAre(v1::PROCEDURE_ACT_SURVEY, v1::PROCEDURE_ACT_DECISION, v1::PROCEDURE_ACT_WHOLE));
  EXPECT_EQ(check.due_acts(0).due_date().value(), "2026-03-25");
  EXPECT_EQ(check.due_acts(0).light(), cases::v1::DEADLINE_LIGHT_GREEN);
  const auto recorded = Record(check.verification_no(), "2026-03-20", "record", check.version());
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_THAT(ActsOf(*recorded), ElementsAre(v1::PROCEDURE_ACT_DECISION, v1::PROCEDURE_ACT_WHOLE));
  EXPECT_EQ(Record(check.verification_no(), "2026-03-20", "record", check.version())->version(),
            recorded->version());  // a repeat
  EXPECT_TRUE(HasReason(Record(check.verification_no(), "2026-03-20", "again", check.version()).status(),
                        Reason::STALE_VERSION));
  EXPECT_EQ(FieldOf(Record(check.verification_no(), "2026-03-21", "future").status()),
            "procedure.survey_date");
  const auto lines = listing_->List("county", {});
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_EQ(lines->verifications(0).due_act(), v1::PROCEDURE_ACT_DECISION);
  EXPECT_EQ(lines->verifications(0).due_date().value(), "2026-04-03");
  EXPECT_EQ(lines->verifications(0).light(), cases::v1::DEADLINE_LIGHT_GREEN);
  const auto granted = Decide(*recorded, v1::DECISION_OUTCOME_GRANTED);
  ASSERT_TRUE(granted.ok()) << granted.status();
  EXPECT_THAT(ActsOf(*granted), IsEmpty());
  EXPECT_EQ(listing_->List("county", {})->verifications(0).light(), cases::v1::DEADLINE_LIGHT_NONE);
}

TEST_F(ProcedureActsTest, WhatIsOverdueIsToldWithoutAnybodyAsking) {
  const v1::Verification check = ReportedCheck();
  const std::string number = check.verification_no();
  clock_.Advance(absl::Hours(24 * 6));
  const v1::Verification late = AwaitOverdue(number, 1);
  EXPECT_EQ(late.due_acts(0).light(), cases::v1::DEADLINE_LIGHT_RED);
  EXPECT_EQ(late.state(), check.state());
  // It puts off nothing: the persons are erased as long after the last work on the check as before.
  EXPECT_EQ(late.update_time().seconds(), check.update_time().seconds());
  EXPECT_THAT(*store_->KeptSince(clock_.Now(), 10), ElementsAre(number));
  const v1::CaseEvent& last = late.events(late.events_size() - 1);
  EXPECT_EQ(last.kind(), v1::CASE_EVENT_KIND_PROCEDURE_OVERDUE);
  EXPECT_EQ(last.procedure_act(), v1::PROCEDURE_ACT_SURVEY);
  EXPECT_THAT(last.actor(), IsEmpty());
  clock_.Advance(absl::Hours(24 * 40));
  const v1::Verification later = AwaitOverdue(number, 3);
  EXPECT_EQ(CountOf(later, v1::CASE_EVENT_KIND_PROCEDURE_OVERDUE), 3);
}

TEST_F(ProcedureActsTest, TheOverviewIsOfTheOwnOrganisationAndForAnOperatorOfAll) {
  const v1::Verification check = ReportedCheck();
  clock_.Advance(absl::Hours(24 * 6));
  AwaitOverdue(check.verification_no(), 1);
  for (const char* who : {kPlatform, "500000/ops/duty"}) {
    const auto overview = Overview(who);
    ASSERT_EQ(overview.lines_size(), 1) << who;
    EXPECT_EQ(overview.lines(0).state(), v1::VERIFICATION_STATE_REPORTED);
    EXPECT_EQ(overview.lines(0).light(), cases::v1::DEADLINE_LIGHT_RED);
    EXPECT_EQ(overview.lines(0).count(), 1);
    EXPECT_EQ(overview.lines(0).earliest_due_date().value(), "2026-03-25");
  }
  EXPECT_EQ(Overview("500000/town/window").lines_size(), 0);
}

TEST_F(ProcedureActsTest, ImpossibleDaysAreRefusedAtSubmission) {
  Start();
  v1::CreateVerificationRequest request = DemoRequest();
  request.mutable_verification()->mutable_procedure()->mutable_accepted_date()->set_value("2026-03-21");
  const auto created = Create(request);
  EXPECT_TRUE(HasReason(created.status(), Reason::DATE_INVALID)) << created.status();
  request.mutable_verification()->mutable_procedure()->mutable_accepted_date()->set_value("2026-03-02");
  const v1::Verification check = Final(MustCreate(request).verification_no());
  EXPECT_EQ(check.due_acts(0).due_date().value(), "2026-03-05");
}

}  // namespace
}  // namespace chuanyu::family_economy
