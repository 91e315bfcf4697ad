// Acceptance scenarios 1 to 3, 8 and 12 of the domain page, at the service's own border.
#include "services/family_economy/front.h"

#include <fstream>
#include <sstream>

#include "common/base/worker_pool_testing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/family_economy/front_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using FrontTest = FrontFixture;

TEST_F(FrontTest, Scenario1AsksTheOtherRegionAboutItsMemberOnly) {
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_THAT(created->verification_no(), ::testing::StartsWith("CQ-A-500109-20260320-"));
  EXPECT_FALSE(created->has_household());
  const v1::Verification done = Final(created->verification_no());
  EXPECT_EQ(done.state(), v1::VERIFICATION_STATE_REPORTED);
  EXPECT_THAT(done.results(), SizeIs(18));
  EXPECT_TRUE(done.report().complete());
  EXPECT_EQ(done.report().members(1).masked_name(), "李*乙");

  const auto sent = node_->submissions();
  ASSERT_THAT(sent, SizeIs(1));
  const exchange::v1::Envelope& envelope = sent[0].envelope();
  EXPECT_EQ(envelope.request_id(), done.remote_queries(0).request_id());
  EXPECT_EQ(envelope.correlation_id(), done.verification_no());
  EXPECT_EQ(envelope.operation(), "/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus");
  EXPECT_EQ(envelope.to_region(), kSichuan);
  EXPECT_EQ(envelope.purpose(), "P-DIBAO");
  EXPECT_EQ(envelope.authorization_no(), "SQ-DEMO-0001");
  EXPECT_EQ(envelope.deadline().seconds(), DemoRequest().verification().deadline().seconds());
  v1::QueryStatusRequest question;
  ASSERT_TRUE(question.ParseFromString(sent[0].payload()));
  EXPECT_EQ(question.person().doc_no(), kP02);
  node_->WaitForAcknowledgement(envelope.request_id());
}

TEST_F(FrontTest, Scenario2SendsNothingWithoutTheSignatureOfAMember) {
  Start();
  v1::CreateVerificationRequest request = DemoRequest();
  request.mutable_verification()->mutable_authorization()->mutable_signatories()->DeleteSubrange(1, 1);
  EXPECT_TRUE(HasReason(Create(request).status(), Reason::AUTH_MISSING));
  // A check that is in order goes out on the same stream; nothing went before it.
  request = DemoRequest();
  const auto created = Create(request);
  ASSERT_TRUE(created.ok()) << created.status();
  Final(created->verification_no());
  EXPECT_THAT(node_->submissions(), SizeIs(1));
}

TEST_F(FrontTest, Scenario3FindsTheBenefitAndRefusesNothing) {
  script_ = [](const auto& submission) { return Answered(submission, v1::ASSISTANCE_TYPE_DIBAO_RURAL); };
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  const v1::Verification done = Final(created->verification_no());
  EXPECT_EQ(done.state(), v1::VERIFICATION_STATE_REPORTED);
  ASSERT_THAT(done.duplicates(), SizeIs(1));
  EXPECT_EQ(done.duplicates(0).reason(), "DUP_BENEFIT");
  EXPECT_EQ(done.duplicates(0).region().code(), kSichuan);
  EXPECT_EQ(done.duplicates(0).from_month().value(), "2025-07");
}

TEST_F(FrontTest, Scenario8RepeatsAreOneCase) {
  Start();
  const auto first = Create(DemoRequest());
  ASSERT_TRUE(first.ok()) << first.status();
  Final(first->verification_no());
  clock_.Advance(absl::Hours(2));  // past the deadline: still the same reply
  const auto second = Create(DemoRequest());
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->verification_no(), first->verification_no());
  EXPECT_THAT(node_->submissions(), SizeIs(1));
  v1::CreateVerificationRequest changed = DemoRequest();
  changed.mutable_verification()->set_income_window_months(6);
  EXPECT_TRUE(HasReason(Create(changed).status(), Reason::IDEMPOTENCY_CONFLICT));
  // Another organisation's same id is another case, and for a new case the deadline counts.
  EXPECT_TRUE(HasReason(Create(DemoRequest(), "500000/town/window").status(), Reason::DEADLINE_PASSED));
}

TEST_F(FrontTest, Scenario12TheOldNumberIsTheSamePerson) {
  Start();
  ASSERT_TRUE(Create(DemoRequest()).ok());
  v1::CreateVerificationRequest request = DemoRequest();
  request.set_request_id("second");
  request.mutable_verification()->mutable_household()->mutable_members()->SwapElements(0, 1);
  MemberAt(*request.mutable_verification(), 1).mutable_person()->set_doc_no("500112850412991");
  const absl::Status twice = Create(request).status();
  EXPECT_TRUE(HasReason(twice, Reason::DUP_ACTIVE_APPLICATION)) << twice;
  // Looking again at what was granted is no second application.
  request.mutable_verification()->set_type(v1::VERIFICATION_TYPE_RECHECK);
  const auto recheck = Create(request);
  ASSERT_TRUE(recheck.ok()) << recheck.status();
  EXPECT_THAT(recheck->warnings(),
              ::testing::Contains(::testing::Property(&v1::Warning::code, "W_ID_LEGACY15")));
  // An application does not hold its members for ever.
  request.set_request_id("third");
  request.mutable_verification()->set_type(v1::VERIFICATION_TYPE_NEW);
  request.mutable_verification()->mutable_authorization()->set_auth_no("SQ-DEMO-0002");
  clock_.Advance(absl::Hours(24 * 91));
  request.mutable_verification()->mutable_deadline()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 60);
  EXPECT_TRUE(Create(request).ok());
}

TEST_F(FrontTest, ARegisterThatIsDownIsNotCheckedAndTheReportSaysSo) {
  ask_own_ = [](const auto&, const auto&) { return MakeError(Reason::SOURCE_UNAVAILABLE); };
  script_ = [](const auto& submission) {
    auto answer = std::make_unique<exchange::v1::Answer>();
    answer->set_request_id(submission.envelope().request_id());
    answer->mutable_status()->ParseFromString(
        rpc::ToGrpc(MakeError(Reason::ATTEMPTS_EXHAUSTED)).error_details());
    return answer;
  };
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  const v1::Verification done = Final(created->verification_no());
  EXPECT_EQ(done.state(), v1::VERIFICATION_STATE_PARTIAL);
  EXPECT_EQ(done.remote_queries(0).outcome(), "ATTEMPTS_EXHAUSTED");
  EXPECT_FALSE(done.report().complete());
  EXPECT_EQ(done.report().counts().not_checked(), 18u);
  EXPECT_EQ(done.report().counts().no_hit(), 0u);
}

TEST_F(FrontTest, Scenario4ASourceOfTheOtherRegionThatIsDownMakesTheCheckPartial) {
  script_ = [](const auto& submission) {
    auto answer = Answered(submission);
    v1::QueryStatusResponse response;
    EXPECT_TRUE(response.ParseFromString(answer->payload()));
    response.mutable_results(0)->set_state(v1::RESULT_STATE_NOT_CHECKED);
    response.mutable_results(0)->set_reason("SOURCE_UNAVAILABLE");
    answer->set_payload(response.SerializeAsString());
    return answer;
  };
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  const v1::Verification done = Final(created->verification_no());
  EXPECT_EQ(done.state(), v1::VERIFICATION_STATE_PARTIAL);
  EXPECT_FALSE(done.report().complete());
  EXPECT_EQ(done.report().counts().not_checked(), 1u);
  EXPECT_EQ(done.report().counts().no_hit(), 17u);
  ASSERT_THAT(done.report().unchecked(), SizeIs(1));
  EXPECT_EQ(done.report().unchecked(0).region().code(), kSichuan);
  EXPECT_EQ(done.report().unchecked(0).reason(), "SOURCE_UNAVAILABLE");
}

TEST_F(FrontTest, AQuickAnswerStandsForTheReceiptAsWell) {
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  const v1::Verification done = Final(created->verification_no());
  for (const v1::RemoteQuery& query : done.remote_queries()) {
    EXPECT_TRUE(query.submitted() && query.answered()) << query.request_id();
  }
  // Nothing of it is asked again.
  EXPECT_THAT(store_->Unsubmitted("", 10).value(), ::testing::IsEmpty());
}

TEST_F(FrontTest, AQuestionThatTheNodeRefusesIsNotCheckedAndOneThatMayPassIsAskedAgain) {
  node_->set_admit([refused = 0](const auto&) mutable {
    return ++refused < 3 ? MakeError(Reason::WITNESS_UNAVAILABLE) : MakeError(Reason::POLICY_DENIED);
  });
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  const v1::Verification done = Final(created->verification_no());
  EXPECT_EQ(done.state(), v1::VERIFICATION_STATE_PARTIAL);
  EXPECT_EQ(done.remote_queries(0).outcome(), "POLICY_DENIED");
  EXPECT_FALSE(done.remote_queries(0).submitted());
  EXPECT_THAT(node_->submissions(), SizeIs(3));
}

TEST_F(FrontTest, TheDeadlineEndsTheWaitingAndALateAnswerChangesNoReport) {
  script_ = [](const auto&) { return nullptr; };
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  node_->WaitForSubmissions(1);
  clock_.Advance(absl::Hours(2));
  remote_->Wake();
  const v1::Verification ended = Final(created->verification_no());
  EXPECT_EQ(ended.state(), v1::VERIFICATION_STATE_PARTIAL);
  EXPECT_THAT(ended.report().unchecked(), SizeIs(6));
  EXPECT_EQ(ended.report().unchecked(0).reason(), "DEADLINE_PASSED");

  const auto late = Answered(node_->submissions()[0], v1::ASSISTANCE_TYPE_TEKUN);
  node_->Send(*late);
  node_->WaitForAcknowledgement(late->request_id());
  const auto after = Get(created->verification_no());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_TRUE(after->remote_queries(0).answered());
  EXPECT_EQ(after->remote_queries(0).outcome(), "DEADLINE_PASSED");
  EXPECT_THAT(after->duplicates(), IsEmpty());
  EXPECT_EQ(after->report().SerializeAsString(), ended.report().SerializeAsString());
}

TEST_F(FrontTest, AfterARestartTheSameQuestionGoesOutOnce) {
  StartService();  // the node is not there
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->state(), v1::VERIFICATION_STATE_ACCEPTED);
  EXPECT_FALSE(created->has_report());
  StopService();
  Start();
  const v1::Verification done = Final(created->verification_no());
  EXPECT_EQ(done.state(), v1::VERIFICATION_STATE_REPORTED);
  ASSERT_THAT(node_->submissions(), SizeIs(1));
  EXPECT_EQ(node_->submissions()[0].envelope().request_id(), created->remote_queries(0).request_id());
  EXPECT_EQ(node_->submissions()[0].envelope().correlation_id(), created->verification_no());
}

TEST_F(FrontTest, AnAnswerThatCameWhileTheServiceWasAwayIsNotLost) {
  script_ = [](const auto&) { return nullptr; };
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  node_->WaitForSubmissions(1);
  StopService();
  node_->Send(*Answered(node_->submissions()[0]));
  StartService();
  EXPECT_EQ(Final(created->verification_no()).state(), v1::VERIFICATION_STATE_REPORTED);
  node_->WaitForAcknowledgement(created->remote_queries(0).request_id());
}

TEST_F(FrontTest, OthersSeeNothing) {
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  const std::string number = created->verification_no();
  EXPECT_TRUE(HasReason(Get(number, {}, "500000/town/window").status(), Reason::CASE_NOT_FOUND));
  EXPECT_TRUE(HasReason(Get("CQ-A-500109-20260320-99999999").status(), Reason::CASE_NOT_FOUND));
  EXPECT_TRUE(HasReason(Get(number, {}, "500000/ops/duty").status(), Reason::ROLE_DENIED));
  EXPECT_TRUE(HasReason(Get(number, {}, "510000/county/platform").status(), Reason::CALLER_WRONG_REGION));
  EXPECT_TRUE(HasReason(Watch("CQ-A-500109-20260320-99999999").status(), Reason::CASE_NOT_FOUND));
  const auto full = Get(number, v1::VERIFICATION_VIEW_FULL);
  ASSERT_TRUE(full.ok()) << full.status();
  // Masked, also for whoever filed it: in clear by RevealPersons.
  EXPECT_EQ(full->household().members(0).person().doc_no(), "500***********9912");
}

TEST_F(FrontTest, ListsNewestFirstInPages) {
  Start();
  std::vector<std::string> numbers;
  for (int i = 0; i < 5; ++i) {
    v1::CreateVerificationRequest request = DemoRequest();
    request.set_request_id("r" + std::to_string(i));
    request.mutable_verification()->set_type(v1::VERIFICATION_TYPE_MONITOR);
    const auto created = Create(request);
    ASSERT_TRUE(created.ok()) << created.status();
    numbers.insert(numbers.begin(), created->verification_no());
  }
  std::vector<std::string> listed;
  v1::ListVerificationsRequest request;
  request.set_page_size(2);
  int pages = 0;
  do {
    grpc::ClientContext context;
    v1::ListVerificationsResponse response;
    const grpc::Status status = Stub()->ListVerifications(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    for (const auto& line : response.verifications()) listed.push_back(line.verification_no());
    request.set_page_token(response.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, numbers);
  EXPECT_EQ(pages, 3);
}

// Every worker is busy and the queue is full: the caller is told to come back, and nothing was done.
TEST_F(FrontTest, RefusesWhatItHasNoRoomFor) {
  Start();
  StopService();
  StartService([&] { return std::make_unique<WorkerPool>(1, 1); });
  const BusyWorker busy(*workers_);
  ASSERT_TRUE(busy.held());
  ASSERT_TRUE(workers_->Post([] {}));
  EXPECT_TRUE(HasReason(Create(DemoRequest()).status(), Reason::QUOTA));
  EXPECT_TRUE(HasReason(Watch("CQ-A-500109-20260320-00000001").status(), Reason::QUOTA));
}

TEST_F(FrontTest, EndsTheWatchingCallsWhenItDrains) {
  script_ = [](const auto&) { return nullptr; };
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  front_->Drain();
  EXPECT_TRUE(HasReason(Watch(created->verification_no()).status(), Reason::SHUTTING_DOWN));
}

TEST_F(FrontTest, TheDatabaseTellsNothingAboutAnybody) {
  Start();
  const auto created = Create(DemoRequest());
  ASSERT_TRUE(created.ok()) << created.status();
  Final(created->verification_no());
  StopService();
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream bytes;
    bytes << file.rdbuf();
    for (const char* secret : {kP01, kP02, "张测甲", "李测乙", "19850412"}) {
      EXPECT_EQ(bytes.str().find(secret), std::string::npos) << entry.path();
    }
  }
}

}  // namespace
}  // namespace chuanyu::family_economy
