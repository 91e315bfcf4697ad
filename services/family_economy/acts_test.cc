// What callers do to checks, at the service's own border: scenario 7 of the domain page and its relatives.
#include "services/family_economy/acts.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/acts_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using ActsTest = ActsFixture;

TEST_F(ActsTest, Scenario7RevokesPurgesAndDiscardsTheLateAnswer) {
  const std::string number = Waiting();
  const auto revoked = Revoke(number);
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(revoked->state(), v1::VERIFICATION_STATE_REVOKED);
  const std::string question = revoked->remote_queries(0).request_id();
  node_->WaitForCancellations(1);
  EXPECT_THAT(node_->cancelled(), ElementsAre(question));
  ExpectNobodyIn(number);

  // The other region answered all the same.
  node_->Send(*Answered(node_->submissions()[0], v1::ASSISTANCE_TYPE_TEKUN));
  node_->WaitForAcknowledgement(question);
  const auto after = Get(number);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->state(), v1::VERIFICATION_STATE_REVOKED);
  EXPECT_EQ(after->version(), revoked->version());
  EXPECT_EQ(after->remote_queries(0).outcome(), "AUTH_REVOKED");
  EXPECT_THAT(after->duplicates(), IsEmpty());
  ExpectNobodyIn(number);
  // The timeline stays, and says who.
  ASSERT_FALSE(after->events().empty());
  EXPECT_EQ(after->events(0).kind(), v1::CASE_EVENT_KIND_CREATED);
  const v1::CaseEvent& last = after->events(after->events_size() - 1);
  EXPECT_EQ(last.kind(), v1::CASE_EVENT_KIND_AUTHORIZATION_REVOKED);
  EXPECT_EQ(last.actor(), "county/platform");
}

// No valid authorisation, no outbound message: also when the node was away in between.
TEST_F(ActsTest, WhatWasNotSentWhenTheAuthorisationEndedIsNeverSent) {
  StartService();  // the node is not there
  const std::string number = MustCreate().verification_no();
  ASSERT_TRUE(Revoke(number).ok());
  const absl::Time limit = absl::Now() + absl::Minutes(1);
  while (remote_->in_flight() > 0) ASSERT_LT(absl::Now(), limit);
  v1::CreateVerificationRequest other = DemoRequest();
  other.set_request_id("other");
  other.mutable_verification()->mutable_authorization()->set_auth_no("SQ-DEMO-0002");
  const v1::Verification second = MustCreate(other);
  StartNode();
  EXPECT_EQ(Final(second.verification_no()).state(), v1::VERIFICATION_STATE_REPORTED);
  ASSERT_THAT(node_->submissions(), SizeIs(1));
  EXPECT_EQ(node_->submissions()[0].envelope().correlation_id(), second.verification_no());
}

TEST_F(ActsTest, ARevocationSurvivesARestartBeforeTheNodeWasTold) {
  const std::string number = Waiting();
  StopNode();
  ASSERT_TRUE(Revoke(number).ok());
  StopService();
  EXPECT_THAT(node_->cancelled(), IsEmpty());
  StartNode();
  StartService();
  node_->WaitForCancellations(1);
  EXPECT_THAT(node_->submissions(), SizeIs(1));
}

TEST_F(ActsTest, ARevokedAuthorisationEndsEveryCheckUnderItAndCarriesNoOther) {
  const v1::Verification first = ReportedCheck();
  const v1::Verification second = Final(MustCreate(Recheck()).verification_no());
  grpc::ClientContext context;
  v1::RevokeAuthorizationResponse response;
  const auto request = RequestFor<v1::RevokeAuthorizationRequest>(first.verification_no(), "revoke");
  ASSERT_TRUE(Stub()->RevokeAuthorization(&context, request, &response).ok());
  EXPECT_THAT(response.other_verification_nos(), ElementsAre(second.verification_no()));
  EXPECT_EQ(Get(second.verification_no())->state(), v1::VERIFICATION_STATE_REVOKED);
  ExpectNobodyIn(second.verification_no());
  EXPECT_TRUE(HasReason(Create(Recheck("third")).status(), Reason::AUTH_REVOKED));
  EXPECT_TRUE(HasReason(Revoke(first.verification_no(), "again").status(), Reason::STATE_CONFLICT));
}

TEST_F(ActsTest, OtherMembersOrAnotherApplicationNeedAnotherAuthorisation) {
  Start();
  const std::string number = MustCreate().verification_no();
  v1::CreateVerificationRequest fewer = Recheck();
  fewer.mutable_verification()->mutable_household()->mutable_members()->RemoveLast();
  EXPECT_TRUE(HasReason(Create(fewer).status(), Reason::AUTH_SCOPE));
  v1::CreateVerificationRequest file = Recheck();
  file.mutable_verification()->mutable_authorization()->set_file_sm3(std::string(64, 'b'));
  EXPECT_TRUE(HasReason(Create(file).status(), Reason::AUTH_SCOPE));
  Final(number);
  ASSERT_TRUE(Archive(number).ok());  // nobody is in an open application any more
  v1::CreateVerificationRequest again = DemoRequest();
  again.set_request_id("again");
  EXPECT_TRUE(HasReason(Create(again).status(), Reason::AUTH_SCOPE));
  EXPECT_TRUE(Create(Recheck("once-more")).ok());
}

TEST_F(ActsTest, CancelsBeforeTheAnswerAndNotAfter) {
  const std::string number = Waiting();
  EXPECT_TRUE(HasReason(Cancel(number, "c", "500000/town/window").status(), Reason::CASE_NOT_FOUND));
  const auto cancelled = Cancel(number);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->state(), v1::VERIFICATION_STATE_CANCELLED);
  node_->WaitForCancellations(1);
  ExpectNobodyIn(number);
  // A repeat is the same act; a new one finds nothing to cancel.
  EXPECT_EQ(Cancel(number)->version(), cancelled->version());
  EXPECT_TRUE(HasReason(Cancel(number, "again").status(), Reason::STATE_CONFLICT));
  EXPECT_TRUE(HasReason(Archive(number, "cancel").status(), Reason::IDEMPOTENCY_CONFLICT));
  // Its members are free to apply again, under an authorisation of their own.
  script_ = [](const auto& submission) { return Answered(submission); };
  v1::CreateVerificationRequest again = DemoRequest();
  again.set_request_id("again");
  again.mutable_verification()->mutable_authorization()->set_auth_no("SQ-DEMO-0002");
  const v1::Verification reported = Final(MustCreate(again).verification_no());
  ASSERT_EQ(reported.state(), v1::VERIFICATION_STATE_REPORTED);
  EXPECT_TRUE(HasReason(Cancel(reported.verification_no(), "late").status(), Reason::STATE_CONFLICT));
}

TEST_F(ActsTest, ReviewsAskEverybodyAgainAndMakeAnotherReport) {
  const v1::Verification first = ReportedCheck();
  script_ = [](const auto& submission) { return Answered(submission, v1::ASSISTANCE_TYPE_DIBAO_RURAL); };
  const auto begun = Review(first.verification_no());
  ASSERT_TRUE(begun.ok()) << begun.status();
  const v1::Verification done = Final(first.verification_no());
  EXPECT_EQ(done.state(), v1::VERIFICATION_STATE_REVIEWED);
  EXPECT_EQ(done.report().report_no(), first.verification_no() + "-R2");
  EXPECT_THAT(done.results(), SizeIs(18));
  EXPECT_THAT(done.duplicates(), SizeIs(1));
  ASSERT_THAT(done.earlier_reports(), SizeIs(1));
  EXPECT_EQ(done.earlier_reports(0).report().report_no(), first.verification_no() + "-R1");
  EXPECT_THAT(done.earlier_reports(0).results(), SizeIs(18));
  const auto sent = node_->submissions();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_EQ(sent[1].envelope().purpose(), "P-REVIEW");
  EXPECT_EQ(sent[1].envelope().authorization_no(), "SQ-DEMO-0001");
  // A repeat asks nobody; another review is not foreseen.
  EXPECT_EQ(Review(first.verification_no())->version(), done.version());
  EXPECT_TRUE(HasReason(Review(first.verification_no(), "another").status(), Reason::STATE_CONFLICT));
  EXPECT_THAT(node_->submissions(), SizeIs(2));
}

TEST_F(ActsTest, AReviewNeedsAnAuthorisationInForce) {
  Start();
  v1::CreateVerificationRequest request = DemoRequest();
  request.mutable_verification()->mutable_authorization()->mutable_valid_to()->set_value("2026-03-20");
  const v1::Verification check = Final(MustCreate(request).verification_no());
  clock_.Advance(absl::Hours(24));
  EXPECT_TRUE(HasReason(Review(check.verification_no()).status(), Reason::AUTH_EXPIRED));
  EXPECT_EQ(Get(check.verification_no())->state(), v1::VERIFICATION_STATE_REPORTED);
  EXPECT_THAT(node_->submissions(), SizeIs(1));
}

TEST_F(ActsTest, AReviewSurvivesARestartAndItsDeadlineEndsIt) {
  const v1::Verification first = ReportedCheck();
  script_ = [](const auto&) { return nullptr; };
  StopNode();
  ASSERT_TRUE(Review(first.verification_no()).ok());
  StopService();
  Start();
  node_->WaitForSubmissions(2);
  EXPECT_EQ(node_->submissions()[1].envelope().purpose(), "P-REVIEW");
  clock_.Advance(absl::Hours(2));
  remote_->Wake();
  const v1::Verification done = Final(first.verification_no());
  EXPECT_EQ(done.state(), v1::VERIFICATION_STATE_REVIEWED);
  EXPECT_FALSE(done.report().complete());
  EXPECT_THAT(done.report().unchecked(), SizeIs(6));
}

TEST_F(ActsTest, AnOfficerDecidesOnWhatWasSeenAndARefusalEndsTheAuthorisation) {
  v1::Verification seen = ReportedCheck();
  v1::Verification stale = seen;
  stale.set_version(seen.version() - 1);
  const absl::Status refused = Decide(stale, v1::DECISION_OUTCOME_REFUSED, "stale").status();
  EXPECT_TRUE(HasReason(refused, Reason::STALE_VERSION)) << refused;
  EXPECT_EQ(refused.code(), absl::StatusCode::kAborted);
  ASSERT_TRUE(Create(Recheck()).ok());
  const auto decided = Decide(seen, v1::DECISION_OUTCOME_REFUSED);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->state(), v1::VERIFICATION_STATE_REPORTED);
  EXPECT_EQ(decided->decision().officer_id(), "officer-7");
  EXPECT_THAT(decided->decision().note(), IsEmpty());
  EXPECT_EQ(Get(seen.verification_no(), v1::VERIFICATION_VIEW_FULL)->decision().note(), "张测甲: see report");
  EXPECT_TRUE(
      HasReason(Decide(*decided, v1::DECISION_OUTCOME_GRANTED, "other").status(), Reason::STATE_CONFLICT));
  EXPECT_TRUE(HasReason(Create(Recheck("after")).status(), Reason::AUTH_EXPIRED));
  // The family may still contest the refusal: the review belongs to the same check.
  EXPECT_TRUE(Review(seen.verification_no()).ok());
  EXPECT_EQ(Final(seen.verification_no()).state(), v1::VERIFICATION_STATE_REVIEWED);
}

TEST_F(ActsTest, ArchivesWhatHasAReportAndNothingElse) {
  const std::string number = Waiting();
  EXPECT_TRUE(HasReason(Archive(number).status(), Reason::STATE_CONFLICT));
  auto request = RequestFor<v1::ArchiveVerificationRequest>(number, "bad id");
  EXPECT_TRUE(
      HasReason(Call(&v1::FamilyEconomy::Stub::ArchiveVerification, request).status(), Reason::BAD_REQUEST));
  request.set_request_id("ok");
  request.set_version(-1);
  EXPECT_TRUE(
      HasReason(Call(&v1::FamilyEconomy::Stub::ArchiveVerification, request).status(), Reason::BAD_REQUEST));
  node_->Send(*Answered(node_->submissions()[0]));
  Final(number);
  const auto archived = Archive(number, "later");
  ASSERT_TRUE(archived.ok()) << archived.status();
  EXPECT_EQ(archived->state(), v1::VERIFICATION_STATE_ARCHIVED);
  EXPECT_EQ(archived->report().report_no(), number + "-R1");
}

}  // namespace
}  // namespace chuanyu::family_economy
