// Answers, acknowledgements, cancellations and the stream, over TLS.
#include "services/exchange/intake/exchange_service.h"

#include <set>
#include <thread>

#include "common/exchange_client/exchange_client.h"
#include "services/exchange/intake/exchange_testing.h"

namespace chuanyu::exchange {
namespace {

class ExchangeServiceTest : public ExchangeFixture {
 protected:
  absl::StatusOr<v1::Answer> Await(const std::string& id, absl::Duration max_wait = absl::Seconds(20),
                                   const std::string& who = kPlatform) {
    v1::AwaitAnswerRequest request;
    request.set_request_id(id);
    request.mutable_max_wait()->set_nanos(
        static_cast<int32_t>(absl::ToInt64Nanoseconds(max_wait % absl::Seconds(1))));
    request.mutable_max_wait()->set_seconds(absl::ToInt64Seconds(max_wait));
    auto response = Call(who, &v1::Exchange::Stub::AwaitAnswer, request);
    if (!response.ok()) return response.status();
    return response->answer();
  }

  absl::Status Acknowledge(const std::vector<std::string>& ids, const std::string& who = kPlatform) {
    v1::AcknowledgeAnswersRequest request;
    for (const std::string& id : ids) request.add_request_ids(id);
    return Call(who, &v1::Exchange::Stub::AcknowledgeAnswers, request).status();
  }

  absl::StatusOr<v1::RequestState> Cancel(const std::string& id, const std::string& who = kPlatform) {
    v1::CancelRequestRequest request;
    request.set_request_id(id);
    auto response = Call(who, &v1::Exchange::Stub::CancelRequest, request);
    if (!response.ok()) return response.status();
    return response->state();
  }

  v1::Submission Submitted() {
    v1::Submission submission = MakeSubmission();
    const auto receipt = Submit(submission);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return submission;
  }

  // A request of the other region that our provider works on.
  std::string ReceivedAndRunning() {
    const std::string id = ids_.Next(clock_.NowMs());
    WorkGroup group;
    group.drafts.push_back(FromPeer(v1::RECORD_KIND_REQUEST_RECEIVED, id, "synthetic question"));
    v1::JournalRecord& record = group.drafts[0].record;
    record.set_from_region("510000");
    record.set_from_system("county/platform");
    record.set_to_region("500000");
    record.set_deadline_ms(clock_.NowMs() + 3'600'000);
    group.lease = WorkerLease{.worker = "node1/test/1", .token = 7};
    Append(std::move(group));
    return id;
  }

  void Defer(const std::string& id) {
    const Transition deferred{
        .request_id = id, .event = Event::kDeferred, .at_ms = clock_.NowMs(), .fence = Fence{1, 7}};
    const auto results = tracker_->Apply(std::vector<Transition>{deferred});
    ASSERT_TRUE(results.ok()) << results.status();
    ASSERT_EQ((*results)[0].outcome, TrackOutcome::kApplied);
  }

  absl::StatusOr<uint64_t> AnswerDeferred(const std::string& id, const std::string& payload,
                                          const std::string& who = kProvider) {
    v1::AnswerDeferredRequest request;
    request.set_request_id(id);
    request.set_payload(payload);
    auto response = Call(who, &v1::Exchange::Stub::AnswerDeferred, request);
    if (!response.ok()) return response.status();
    return response->journal_index();
  }
};

TEST_F(ExchangeServiceTest, AwaitsAnAnswerThatComesLater) {
  const v1::Submission submission = Submitted();
  std::thread peer([&] { PeerAnswers(submission, "synthetic answer"); });
  const auto answer = Await(submission.envelope().request_id());
  peer.join();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->payload(), "synthetic answer");
  EXPECT_EQ(answer->status().code(), 0);
  // And one that is there already.
  EXPECT_EQ(Await(submission.envelope().request_id())->payload(), "synthetic answer");
}

TEST_F(ExchangeServiceTest, GivesUpWaitingAfterMaxWait) {
  const v1::Submission submission = Submitted();
  EXPECT_TRUE(
      absl::IsDeadlineExceeded(Await(submission.envelope().request_id(), absl::Milliseconds(20)).status()));
}

TEST_F(ExchangeServiceTest, ShowsARequestToItsOwnSystemOnly) {
  const std::string id = Submitted().envelope().request_id();
  EXPECT_TRUE(HasReason(Await(id, absl::Seconds(1), "500000/county/other").status(), Reason::CASE_NOT_FOUND));
  EXPECT_EQ(StateOfRequest(id, "500000/county/other"), v1::REQUEST_STATE_UNSPECIFIED);
  EXPECT_TRUE(HasReason(Cancel(id, "500000/county/other").status(), Reason::CASE_NOT_FOUND));
  EXPECT_TRUE(HasReason(Cancel("nonsense").status(), Reason::BAD_REQUEST));
}

TEST_F(ExchangeServiceTest, OnlyAnAcknowledgedAnswerIsDelivered) {
  const v1::Submission submission = Submitted();
  const std::string id = submission.envelope().request_id();
  EXPECT_TRUE(HasReason(Acknowledge({id}), Reason::STATE_CONFLICT));
  PeerAnswers(submission, "synthetic answer");
  EXPECT_EQ(StateOfRequest(id), v1::REQUEST_STATE_ANSWERED);
  EXPECT_TRUE(HasReason(Acknowledge({id}, "500000/county/other"), Reason::CASE_NOT_FOUND));
  EXPECT_EQ(StateOfRequest(id), v1::REQUEST_STATE_ANSWERED);
  EXPECT_TRUE(Acknowledge({id}).ok());
  EXPECT_EQ(StateOfRequest(id), v1::REQUEST_STATE_DELIVERED);
  EXPECT_TRUE(Acknowledge({id}).ok());
  EXPECT_EQ(Records(v1::RECORD_KIND_DELIVERED).size(), 1u);
}

TEST_F(ExchangeServiceTest, ACancelledRequestTravelsAndStaysCancelled) {
  const v1::Submission submission = Submitted();
  const std::string id = submission.envelope().request_id();
  EXPECT_EQ(*Cancel(id), v1::REQUEST_STATE_CANCELLED);
  EXPECT_EQ(*Cancel(id), v1::REQUEST_STATE_CANCELLED);
  const auto records = Records(v1::RECORD_KIND_CANCELLED);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].to_region(), "510000");
  EXPECT_EQ(records[0].actor(), "county/platform");
  EXPECT_NE(Await(id)->status().code(), 0);
}

TEST_F(ExchangeServiceTest, AnAnsweredRequestCannotBeCancelled) {
  const v1::Submission submission = Submitted();
  PeerAnswers(submission, "synthetic answer");
  EXPECT_TRUE(HasReason(Cancel(submission.envelope().request_id()).status(), Reason::STATE_CONFLICT));
}

TEST_F(ExchangeServiceTest, TheProviderAnswersWhatItDeferred) {
  const std::string id = ReceivedAndRunning();
  Defer(id);
  EXPECT_TRUE(HasReason(AnswerDeferred(id, "synthetic", kPlatform).status(), Reason::POLICY_DENIED));
  const auto index = AnswerDeferred(id, "synthetic");
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_EQ(*AnswerDeferred(id, "synthetic"), *index);
  EXPECT_TRUE(HasReason(AnswerDeferred(id, "different").status(), Reason::IDEMPOTENCY_CONFLICT));
  const auto records = Records(v1::RECORD_KIND_ANSWER_SENT);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].outcome(), "OK");
  EXPECT_EQ(records[0].from_region(), "510000");
  EXPECT_TRUE(records[0].peer_origin().empty());
}

TEST_F(ExchangeServiceTest, OnlyRequestsOfTheOtherRegionCanBeAnswered) {
  EXPECT_TRUE(
      HasReason(AnswerDeferred(Submitted().envelope().request_id(), "x").status(), Reason::CASE_NOT_FOUND));
  EXPECT_TRUE(HasReason(AnswerDeferred("nonsense", "x").status(), Reason::BAD_REQUEST));
}

TEST_F(ExchangeServiceTest, AStreamCarriesSubmissionsAnswersAndAcknowledgements) {
  constexpr int kRequests = 300;
  Mutex mu;
  CondVar changed;
  int receipts = 0;
  std::vector<v1::Answer> answers;
  std::vector<v1::Submission> submissions;
  {
    ExchangeClient client(Channel(kPlatform), {}, [&](v1::Answer answer) {
      MutexLock lock(mu);
      answers.push_back(std::move(answer));
      changed.NotifyAll();
    });
    for (int i = 0; i < kRequests; ++i) {
      submissions.push_back(MakeSubmission());
      ASSERT_TRUE(client
                      .Submit(submissions.back(),
                              [&](absl::StatusOr<v1::Receipt> receipt) {
                                MutexLock lock(mu);
                                receipts += receipt.ok() ? 1 : 0;
                                changed.NotifyAll();
                              })
                      .ok());
    }
    {
      MutexLock lock(mu);
      while (receipts < kRequests) changed.Wait(mu);
    }
    for (const v1::Submission& submission : submissions) PeerAnswers(submission, "synthetic answer");
    {
      MutexLock lock(mu);
      while (answers.size() < kRequests) changed.Wait(mu);
    }
    for (const v1::Answer& answer : answers) client.Acknowledge(answer.request_id());
    for (const v1::Submission& submission : submissions) {
      while (StateOfRequest(submission.envelope().request_id()) != v1::REQUEST_STATE_DELIVERED) {
      }
      if (&submission == &submissions[2]) break;  // the others travelled in the same batches
    }
  }
  EXPECT_EQ(answers.size(), static_cast<size_t>(kRequests));
}

TEST_F(ExchangeServiceTest, AStreamBeginsWithEveryAnswerThatIsUndelivered) {
  constexpr size_t kRequests = 40;
  std::vector<v1::Submission> submissions;
  for (size_t i = 0; i < kRequests; ++i) submissions.push_back(Submitted());
  for (const v1::Submission& submission : submissions) PeerAnswers(submission, "synthetic answer");
  ASSERT_TRUE(Acknowledge({submissions[0].envelope().request_id()}).ok());
  Mutex mu;
  CondVar changed;
  std::set<std::string> answered;
  ExchangeClient client(Channel(kPlatform), {}, [&](v1::Answer answer) {
    MutexLock lock(mu);
    EXPECT_EQ(answer.payload(), "synthetic answer");
    answered.insert(answer.request_id());
    changed.NotifyAll();
  });
  MutexLock lock(mu);
  while (answered.size() < kRequests - 1) changed.Wait(mu);
  EXPECT_FALSE(answered.contains(submissions[0].envelope().request_id()));
}

TEST_F(ExchangeServiceTest, AStreamEndsWithAnAcknowledgementThatIsLostAndTheNextBringsTheAnswerAgain) {
  const v1::Submission submission = Submitted();
  const std::string& id = submission.envelope().request_id();
  PeerAnswers(submission, "synthetic answer");
  const auto stub = v1::Exchange::NewStub(Channel(kPlatform));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
  const auto stream = stub->Open(&context);
  v1::OpenResponse response;
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_EQ(response.answers_size(), 1);
  redis_->Stop();
  v1::OpenRequest acknowledgement;
  acknowledgement.add_acknowledged_request_ids(id);
  stream->Write(acknowledgement);
  while (stream->Read(&response)) {
  }
  const absl::Status lost = rpc::FromGrpc(stream->Finish());
  EXPECT_TRUE(HasReason(lost, Reason::TRACKER_UNAVAILABLE)) << lost;
  redis_->Start();
  std::promise<void> again;
  ExchangeClient client(Channel(kPlatform), {}, [&](const v1::Answer&) { again.set_value(); });
  again.get_future().get();
  client.Acknowledge(id);
  while (StateOfRequest(id) != v1::REQUEST_STATE_DELIVERED) {
  }
  EXPECT_EQ(Records(v1::RECORD_KIND_DELIVERED).size(), 1u);
}

TEST_F(ExchangeServiceTest, ARepeatOnAStreamBringsTheStoredAnswerAgain) {
  const v1::Submission submission = Submitted();
  PeerAnswers(submission, "synthetic answer");
  ASSERT_TRUE(Acknowledge({submission.envelope().request_id()}).ok());
  std::promise<v1::Answer> answer;
  std::promise<absl::StatusOr<v1::Receipt>> receipt;
  ExchangeClient client(Channel(kPlatform), {}, [&](v1::Answer got) { answer.set_value(std::move(got)); });
  ASSERT_TRUE(client.Submit(submission, [&](auto got) { receipt.set_value(std::move(got)); }).ok());
  const auto repeated = receipt.get_future().get();
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_TRUE(repeated->repeated());
  EXPECT_EQ(answer.get_future().get().payload(), "synthetic answer");
}

TEST_F(ExchangeServiceTest, AStreamRejectsOneSubmissionAndTakesTheNext) {
  v1::Submission bad = MakeSubmission();
  bad.mutable_envelope()->set_purpose("P-OTHER");
  std::promise<absl::StatusOr<v1::Receipt>> refused;
  std::promise<absl::StatusOr<v1::Receipt>> taken;
  ExchangeClient client(Channel(kPlatform), {}, [](v1::Answer) {});
  ASSERT_TRUE(client.Submit(bad, [&](auto got) { refused.set_value(std::move(got)); }).ok());
  ASSERT_TRUE(client.Submit(MakeSubmission(), [&](auto got) { taken.set_value(std::move(got)); }).ok());
  EXPECT_TRUE(HasReason(refused.get_future().get().status(), Reason::PURPOSE_DENIED));
  EXPECT_TRUE(taken.get_future().get().ok());
}

TEST_F(ExchangeServiceTest, AStreamIsForOwnSystemsAndEndsWithTheNode) {
  const auto end_of = [&](const std::string& who, const std::function<void()>& when_open) {
    auto stub = v1::Exchange::NewStub(Channel(who));
    grpc::ClientContext context;
    auto stream = stub->Open(&context);
    when_open();
    v1::OpenResponse response;
    while (stream->Read(&response)) {
    }
    return rpc::FromGrpc(stream->Finish());
  };
  EXPECT_TRUE(HasReason(end_of("510000/county/platform", [] {}), Reason::CALLER_WRONG_REGION));
  EXPECT_TRUE(HasReason(end_of("500000/ops/duty", [] {}), Reason::ROLE_DENIED));
  EXPECT_TRUE(HasReason(end_of(kPlatform, [&] { exchange_->Drain(); }), Reason::SHUTTING_DOWN));
}

}  // namespace
}  // namespace chuanyu::exchange
