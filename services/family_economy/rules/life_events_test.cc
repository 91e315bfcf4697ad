// What a death does to a check in each of its states. Synthetic persons.
#include "services/family_economy/rules/life_events.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::MemberLifeEvent DeathOf(const std::string& member, const std::string& date = "2026-03-18") {
  v1::MemberLifeEvent event;
  event.set_member_id(member);
  event.set_kind(life_events::v1::LIFE_EVENT_KIND_DEATH);
  event.mutable_date()->set_value(date);
  event.set_source(life_events::v1::LIFE_EVENT_SOURCE_FUNERAL);
  event.mutable_region()->set_code(kSichuan);
  return event;
}

v1::Verification In(v1::VerificationState state) {
  v1::Verification check = Demo();
  check.set_verification_no("CQ-A-500109-20260320-00000001");
  check.set_state(state);
  return check;
}

v1::Verification Reported() {
  v1::Verification check = In(v1::VERIFICATION_STATE_REPORTED);
  CompleteReport(TestNow(), &check);
  return check;
}

const Actor kService{.name = "", .now = TestNow()};

TEST(LifeEventOfAMember, MakesANewReportThatSaysSo) {
  v1::Verification check = Reported();
  ASSERT_TRUE(RecordLifeEvent(kService, kChongqing, DeathOf("P02"), &check));
  ASSERT_THAT(check.discrepancies(), SizeIs(1));
  EXPECT_EQ(check.discrepancies(0).kind(), v1::DISCREPANCY_KIND_DECEASED);
  EXPECT_EQ(check.discrepancies(0).region().code(), kSichuan);
  EXPECT_EQ(check.report().report_no(), "CQ-A-500109-20260320-00000001-R2");
  EXPECT_THAT(check.earlier_reports(), SizeIs(1));
  EXPECT_EQ(check.events(check.events_size() - 1).kind(), v1::CASE_EVENT_KIND_LIFE_EVENT);
  EXPECT_THAT(EvidenceOf(check).life_events(), SizeIs(1));
}

TEST(LifeEventOfAMember, ThatWasTakenBackMakesANewReportWithoutIt) {
  v1::Verification check = Reported();
  v1::MemberLifeEvent back = DeathOf("P02");
  back.set_withdrawn(true);
  EXPECT_FALSE(RecordLifeEvent(kService, kChongqing, back, &check)) << "never known here";
  ASSERT_TRUE(RecordLifeEvent(kService, kChongqing, DeathOf("P02"), &check));
  ASSERT_TRUE(RecordLifeEvent(kService, kChongqing, back, &check));
  EXPECT_THAT(check.discrepancies(), IsEmpty());
  EXPECT_THAT(check.earlier_reports(), SizeIs(2));
  EXPECT_EQ(check.events(check.events_size() - 1).kind(), v1::CASE_EVENT_KIND_LIFE_EVENT_WITHDRAWN);
  ASSERT_THAT(EvidenceOf(check).life_events(), SizeIs(1)) << "what was said and taken back is shown";
  EXPECT_TRUE(EvidenceOf(check).life_events(0).withdrawn());
  EXPECT_FALSE(RecordLifeEvent(kService, kChongqing, back, &check));
  // It was right after all.
  ASSERT_TRUE(RecordLifeEvent(kService, kChongqing, DeathOf("P02"), &check));
  EXPECT_THAT(check.discrepancies(), SizeIs(1));
  EXPECT_THAT(check.life_events(), SizeIs(1));
}

TEST(LifeEventOfAMember, ChangesNothingTheSecondTime) {
  v1::Verification check = Reported();
  ASSERT_TRUE(RecordLifeEvent(kService, kChongqing, DeathOf("P02"), &check));
  const std::string before = check.SerializeAsString();
  v1::MemberLifeEvent again = DeathOf("P02");
  again.mutable_region()->set_code(kChongqing);  // whoever told it
  EXPECT_FALSE(RecordLifeEvent(kService, kChongqing, again, &check));
  EXPECT_EQ(check.SerializeAsString(), before);
  // Another day is another report of a death, and one finding all the same.
  EXPECT_TRUE(RecordLifeEvent(kService, kChongqing, DeathOf("P02", "2026-03-17"), &check));
  EXPECT_THAT(check.life_events(), SizeIs(2));
  EXPECT_THAT(check.discrepancies(), SizeIs(1));
}

TEST(LifeEventOfAMember, WaitsForTheReportOfACheckThatHasNone) {
  v1::Verification check = In(v1::VERIFICATION_STATE_QUERYING);
  ASSERT_TRUE(RecordLifeEvent(kService, kChongqing, DeathOf("P02"), &check));
  EXPECT_FALSE(check.has_report());
  EXPECT_THAT(check.earlier_reports(), IsEmpty());
  FindDuplicatesAndDiscrepancies(kChongqing, &check);  // as Advance does
  EXPECT_THAT(check.discrepancies(), SizeIs(1));
}

TEST(LifeEventOfAMember, LeavesADecisionAndItsReportAlone) {
  v1::Verification check = Reported();
  check.mutable_decision()->set_outcome(v1::DECISION_OUTCOME_GRANTED);
  const std::string report = check.report().SerializeAsString();
  ASSERT_TRUE(RecordLifeEvent(kService, kChongqing, DeathOf("P02"), &check));
  EXPECT_EQ(check.report().SerializeAsString(), report);
  EXPECT_THAT(check.life_events(), SizeIs(1));
}

TEST(LifeEventOfAMember, IsNothingToAClosedCheck) {
  for (const v1::VerificationState state :
       {v1::VERIFICATION_STATE_ARCHIVED, v1::VERIFICATION_STATE_CANCELLED, v1::VERIFICATION_STATE_REVOKED,
        v1::VERIFICATION_STATE_REJECTED}) {
    v1::Verification check = In(state);
    EXPECT_FALSE(RecordLifeEvent(kService, kChongqing, DeathOf("P02"), &check));
  }
  v1::Verification erased = Reported();
  erased.set_erased(true);
  EXPECT_FALSE(RecordLifeEvent(kService, kChongqing, DeathOf("P02"), &erased));
  v1::Verification expired = In(v1::VERIFICATION_STATE_EXPIRED);
  EXPECT_TRUE(RecordLifeEvent(kService, kChongqing, DeathOf("P02"), &expired)) << "it may be asked again";
}

TEST(LifeEventOfAMember, GoesWithThePersonsWhenTheyAreErased) {
  v1::Verification check = Reported();
  ASSERT_TRUE(RecordLifeEvent(kService, kChongqing, DeathOf("P02"), &check));
  EraseAtRetention(kService, &check);
  EXPECT_THAT(check.life_events(), IsEmpty());
}

}  // namespace
}  // namespace chuanyu::family_economy
