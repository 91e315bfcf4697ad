// The proposal at the service's own border: it is in the signed report, once, and decides nothing.
#include "gmock/gmock.h"
#include "services/family_economy/acts_testing.h"
#include "services/family_economy/rules/assessment_testing.h"
#include "services/family_economy/rules/proposal.h"
#include "services/family_economy/rules/review_plan.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// P01 earned `fen` in the month before.
v1::HouseholdEconomy Earning(int64_t fen) {
  v1::HouseholdEconomy economy;
  v1::Income& income = *economy.add_incomes();
  income.set_member_id("P01");
  income.set_kind(v1::INCOME_KIND_WAGE);
  income.mutable_month()->set_value("2026-02");
  income.mutable_net()->set_amount(fen);
  return economy;
}

class ProposeTest : public ActsFixture {
 protected:
  ProposeTest() {
    const auto policy = AssessmentPolicy::Parse(
        TestPolicyWith(R"(classes = ["A05", "A10"])", R"(classes = ["A02", "A03", "A10"])"), "test");
    EXPECT_TRUE(policy.ok()) << policy.status();
    propose_ = [policy](const v1::Verification& check) { return ProposeFor(check, &*policy, TestContext()); };
    plan_ = [policy](v1::Verification* check) { PlanReview(&*policy, TestContext(), check); };
  }
  absl::StatusOr<v1::Verification> Propose(const std::string& number, const v1::HouseholdEconomy& economy,
                                           const std::string& id = "propose", int64_t version = 0) {
    auto request = RequestFor<v1::ProposeAssessmentRequest>(number, id);
    *request.mutable_economy() = economy;
    request.set_version(version);
    return Call(&v1::FamilyEconomy::Stub::ProposeAssessment, request);
  }
};

TEST_F(ProposeTest, MakesANewReportAndKeepsTheOld) {
  const v1::Verification check = ReportedCheck();
  EXPECT_FALSE(check.report().has_proposal());
  const auto proposed = Propose(check.verification_no(), Earning(100'000), "propose", check.version());
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_EQ(proposed->state(), v1::VERIFICATION_STATE_REPORTED);
  EXPECT_EQ(proposed->version(), check.version() + 1);
  EXPECT_EQ(proposed->report().report_no(), check.verification_no() + "-R2");
  EXPECT_EQ(proposed->report().proposal().kind(), v1::PROPOSAL_KIND_DIBAO);
  EXPECT_EQ(proposed->report().proposal().amount_month().amount(), 125'000);
  EXPECT_FALSE(proposed->has_decision());
  ASSERT_THAT(proposed->earlier_reports(), SizeIs(1));
  EXPECT_EQ(proposed->earlier_reports(0).report().report_no(), check.report().report_no());
  EXPECT_EQ(proposed->earlier_reports(0).results_size(), check.results_size());
  const v1::CaseEvent& last = proposed->events(proposed->events_size() - 1);
  EXPECT_EQ(last.kind(), v1::CASE_EVENT_KIND_PROPOSED);
  EXPECT_EQ(last.actor(), "county/platform");
  EXPECT_THAT(node_->submissions(), SizeIs(1));  // nobody is asked again

  // The officer decides on what was read, and may decide otherwise.
  const auto decided = Decide(*proposed, v1::DECISION_OUTCOME_REFUSED);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->decision().report_no(), proposed->report().report_no());
  EXPECT_EQ(decided->report().proposal().kind(), v1::PROPOSAL_KIND_DIBAO);
  EXPECT_TRUE(
      HasReason(Propose(check.verification_no(), Earning(1), "late").status(), Reason::STATE_CONFLICT));
}

TEST_F(ProposeTest, HappensOnceAndOnlyOnTheVersionThatWasSeen) {
  const v1::Verification check = ReportedCheck();
  const std::string& number = check.verification_no();
  ASSERT_TRUE(Propose(number, Earning(1)).ok());
  const auto repeated = Propose(number, Earning(1));
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->report().report_no(), number + "-R2");
  EXPECT_TRUE(HasReason(Propose(number, Earning(2)).status(), Reason::IDEMPOTENCY_CONFLICT));
  EXPECT_TRUE(
      HasReason(Propose(number, Earning(2), "stale", check.version()).status(), Reason::STALE_VERSION));
  const auto wrong = Propose(number, Earning(-1), "wrong");
  EXPECT_TRUE(HasReason(wrong.status(), Reason::BAD_REQUEST));
  EXPECT_EQ(FieldOf(wrong.status()), "economy.incomes[0].net");
  EXPECT_EQ(Get(number)->version(), check.version() + 1);
}

TEST_F(ProposeTest, EndsAfterTwentyReports) {
  const v1::Verification check = ReportedCheck();
  for (int i = 2; i <= 20; ++i) {
    ASSERT_TRUE(Propose(check.verification_no(), Earning(i), "propose-" + std::to_string(i)).ok()) << i;
  }
  EXPECT_TRUE(HasReason(Propose(check.verification_no(), Earning(21), "propose-21").status(),
                        Reason::STATE_CONFLICT));
}

TEST_F(ProposeTest, NeedsAReport) {
  const std::string number = Waiting();
  EXPECT_TRUE(HasReason(Propose(number, Earning(1)).status(), Reason::STATE_CONFLICT));
}

TEST_F(ProposeTest, IsInTheFirstReportWhenTheEconomyCameWithTheCheck) {
  Start();
  v1::CreateVerificationRequest request = DemoRequest();
  *request.mutable_verification()->mutable_economy() = Earning(225'000);
  const v1::Verification check = Final(MustCreate(request).verification_no());
  EXPECT_EQ(check.report().report_no(), check.verification_no() + "-R1");
  EXPECT_EQ(check.report().proposal().kind(), v1::PROPOSAL_KIND_EDGE);
  request.set_request_id("bad");
  request.mutable_verification()->mutable_economy()->mutable_incomes(0)->set_member_id("P09");
  EXPECT_EQ(FieldOf(Create(request).status()), "economy.incomes[0].member_id");
}

// A review asks again; what was declared stays declared.
TEST_F(ProposeTest, IsMadeAnewByAReview) {
  const v1::Verification check = ReportedCheck();
  ASSERT_TRUE(Propose(check.verification_no(), Earning(100'000)).ok());
  script_ = [](const auto& submission) { return Answered(submission, v1::ASSISTANCE_TYPE_TEKUN); };
  ASSERT_TRUE(Review(check.verification_no()).ok());
  const v1::Verification reviewed = Final(check.verification_no());
  EXPECT_EQ(reviewed.report().report_no(), check.verification_no() + "-R3");
  EXPECT_EQ(reviewed.report().proposal().kind(), v1::PROPOSAL_KIND_MANUAL);
  EXPECT_THAT(reviewed.duplicates(), SizeIs(1));
  EXPECT_EQ(reviewed.earlier_reports(1).report().proposal().kind(), v1::PROPOSAL_KIND_DIBAO);
}

TEST_F(ProposeTest, IsErasedWithTheRest) {
  const v1::Verification check = ReportedCheck();
  ASSERT_TRUE(Propose(check.verification_no(), Earning(123'457)).ok());
  ASSERT_TRUE(Propose(check.verification_no(), Earning(123'457), "again").ok());
  ASSERT_TRUE(Revoke(check.verification_no()).ok());
  ExpectNobodyIn(check.verification_no());
  const auto after = Get(check.verification_no(), v1::VERIFICATION_VIEW_FULL);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_THAT(after->DebugString(), Not(HasSubstr("123457")));
  EXPECT_FALSE(after->has_economy());
}

// What an officer wrote about a finding may name persons.
TEST_F(ProposeTest, ShowsNotesInFullViewOnly) {
  const v1::Verification check = ReportedCheck();
  v1::HouseholdEconomy economy = Earning(1);
  v1::FindingSettlement& settled = *economy.add_settlements();
  settled.set_member_id("P02");
  settled.mutable_region()->set_code(kSichuan);
  settled.set_kind(v1::FINDING_KIND_DUPLICATE_BENEFIT);
  settled.set_officer_id("officer-7");
  settled.set_note("SECRET");
  ASSERT_TRUE(Propose(check.verification_no(), economy).ok());
  const auto again = Propose(check.verification_no(), economy, "again");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(again->DebugString(), Not(HasSubstr("SECRET")));
  EXPECT_EQ(again->economy().settlements(0).officer_id(), "officer-7");
  EXPECT_EQ(Get(check.verification_no(), v1::VERIFICATION_VIEW_FULL)->economy().settlements(0).note(),
            "SECRET");
}

// 定期复核: whoever grants is told when the family is due; a 复核 keeps the day until it is decided anew.
TEST_F(ProposeTest, AGrantSaysWhenTheFamilyIsLookedAtAgain) {
  const v1::Verification check = ReportedCheck();
  EXPECT_FALSE(check.has_next_review_date());
  v1::HouseholdEconomy economy = Earning(100'000);
  economy.set_income_stable(true);
  const auto proposed = Propose(check.verification_no(), economy);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  const auto granted = Decide(*proposed, v1::DECISION_OUTCOME_GRANTED);
  ASSERT_TRUE(granted.ok()) << granted.status();
  // P02 is of working age, and no earnings of hers are declared.
  EXPECT_EQ(granted->review_tier(), v1::BATCH_TIER_MONTHLY);
  EXPECT_EQ(granted->next_review_date().value(), "2026-04-20");
  EXPECT_THAT(granted->review_unknowns(), ::testing::ElementsAre(v1::REVIEW_UNKNOWN_MEMBERS_STABLE));
  v1::ListVerificationsRequest due;
  due.mutable_review_due_by()->set_value("2026-04-20");
  ASSERT_THAT(listing_->List("county", due)->verifications(), SizeIs(1));
  const auto contested = Review(check.verification_no());
  ASSERT_TRUE(contested.ok()) << contested.status();
  const v1::Verification reviewed = Final(check.verification_no());
  EXPECT_EQ(reviewed.next_review_date().value(), "2026-04-20");
  const auto refused = Decide(reviewed, v1::DECISION_OUTCOME_REFUSED, "refuse");
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_FALSE(refused->has_next_review_date());
  EXPECT_EQ(refused->review_tier(), v1::BATCH_TIER_UNSPECIFIED);
  EXPECT_THAT(listing_->List("county", due)->verifications(), IsEmpty());
}

TEST_F(ProposeTest, AWithdrawnAuthorisationEndsTheReviews) {
  const v1::Verification check = ReportedCheck();
  ASSERT_TRUE(Decide(check, v1::DECISION_OUTCOME_GRANTED)->has_next_review_date());
  const auto revoked = Revoke(check.verification_no());
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_FALSE(revoked->has_next_review_date());
  v1::ListVerificationsRequest due;
  due.mutable_review_due_by()->set_value("2030-01-01");
  EXPECT_THAT(listing_->List("county", due)->verifications(), IsEmpty());
}

}  // namespace
}  // namespace chuanyu::family_economy
