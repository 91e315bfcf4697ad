// Against a real provider over TLS, a real journal and a real Redis. All content is synthetic.
#include "services/exchange/dispatch/dispatcher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "common/redis/test_server.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "common/service/question_server.h"
#include "grpcpp/generic/async_generic_service.h"
#include "services/exchange/dispatch/attempt.h"
#include "services/exchange/dispatch/sweeper.h"
#include "services/exchange/journal/journal_testing.h"

namespace chuanyu::exchange {
namespace {

constexpr char kRequest[] = "0197e2a4-0000-7000-8000-000000000001";

constexpr char kAsk[] = "/chuanyu.exchange.v1.Questions/Ask";

// Answers as the method's name says; has no stream.
class Provider final : public grpc::CallbackGenericService {
 public:
  class Reactor final : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(Provider& provider, grpc::GenericCallbackServerContext* context)
        : provider_(provider), context_(context) {
      StartRead(&bytes_);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return End(grpc::Status::CANCELLED);
      const std::string& method = context_->method();
      if (method == kAsk) return End(grpc::Status(grpc::UNIMPLEMENTED, ""));
      ++provider_.calls;
      if (method == "/test.P/Hold") return;  // until it is cancelled
      if (method == "/test.P/Final") return End(grpc::Status(grpc::NOT_FOUND, "text of the provider"));
      if (method == "/test.P/Down" || (method == "/test.P/OnceDown" && provider_.calls == 1)) {
        return End(grpc::Status(grpc::UNAVAILABLE, "away"));
      }
      if (method == "/test.P/Defer") context_->AddTrailingMetadata("chuanyu-deferred", "1");
      context_->AddTrailingMetadata("chuanyu-fields", "type,from_month,type");
      if (!ended_.exchange(true)) StartWriteAndFinish(&bytes_, grpc::WriteOptions(), grpc::Status::OK);
    }
    void OnCancel() override {
      if (context_->method() == "/test.P/Hold") End(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    // A call that is cancelled before its request was read ends by both callbacks.
    void End(const grpc::Status& status) {
      if (!ended_.exchange(true)) Finish(status);
    }

    Provider& provider_;
    grpc::GenericCallbackServerContext* const context_;
    std::atomic<bool> ended_ = false;
    grpc::ByteBuffer bytes_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    return new Reactor(*this, context);
  }
  std::atomic<int> calls = 0;
};

// The same over the stream.
class StreamingProvider {
 public:
  explicit StreamingProvider(std::atomic<int>& calls) : calls_(calls) {
    server.SetDefault([this](StreamedQuestion* question) { Answer(question); });
  }
  // Lets go of what is held; nothing may be asked any more.
  void End() {
    MutexLock lock(mu_);
    for (StreamedQuestion* question : held_) question->Finish(absl::CancelledError());
    held_.clear();
  }
  QuestionServer server{"510000"};

 private:
  void Answer(StreamedQuestion* question) {
    const int call = ++calls_;
    const std::string method = question->question().operation();
    if (method == "/test.P/Hold" || (method == "/test.P/OnceHold" && call == 1)) {
      MutexLock lock(mu_);
      return held_.push_back(question);
    }
    if (method == "/test.P/Final") return question->Finish(absl::NotFoundError("text of the provider"));
    if (method == "/test.P/Down" || (method == "/test.P/OnceDown" && call == 1)) {
      return question->Finish(MakeError(Reason::PROVIDER_UNAVAILABLE));
    }
    question->result().set_deferred(method == "/test.P/Defer");
    question->result().set_fields("type,from_month,type");
    question->result().set_payload(question->question().payload());
    question->Finish(absl::OkStatus());
  }

  std::atomic<int>& calls_;
  Mutex mu_;
  std::vector<StreamedQuestion*> held_ ABSL_GUARDED_BY(mu_);
};

class DispatcherTest : public JournalFixture, public ::testing::WithParamInterface<bool> {
 protected:
  static void SetUpTestSuite() {
    pki_ = new rpc::TestPki({"510000/exchange/node/node", "510000/mzj/p/system"});
  }
  static void TearDownTestSuite() { delete pki_; }

  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(JournalFixture::SetUp());
    redis_ = std::make_unique<redis::TestRedis>();
    journal_ = MustOpen();
    ASSERT_NE(journal_, nullptr);
    auto tracker = Tracker::Open({.redis = {.unix_socket = redis_->socket()}, .shard = "t"});
    ASSERT_TRUE(tracker.ok()) << tracker.status();
    tracker_ = *std::move(tracker);
    pipeline_ = std::make_unique<Pipeline>(*journal_, *tracker_, clock_, Pipeline::Options{});
    pipeline_->Start();
    ASSERT_NO_FATAL_FAILURE(StartProvider());
    const auto channel = rpc::OpenChannel({.target = server_->address(),
                                           .tls = pki_->Files("510000/exchange/node"),
                                           .server_spiffe = "spiffe://510000.chuanyu/mzj/p"});
    ASSERT_TRUE(channel.ok()) << channel.status();
    channel_ = *channel;
    providers_.Add("test.P", "spiffe://510000.chuanyu/mzj/p", channel_);
    ASSERT_NO_FATAL_FAILURE(WaitUntilConnected());
    StartDispatcher();
  }
  void StartProvider() {
    const rpc::ServerOptions options{
        .listen = {"unix:" + root_ + "/p.sock"}, .tls = pki_->Files("510000/mzj/p"), .reflection = false};
    auto server = GetParam() ? rpc::Server::Start(options, {&streaming_.server})
                             : rpc::Server::Start(options, {}, &provider_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  // Attempts are counted by a clock that runs ahead of the connection's.
  void WaitUntilConnected() {
    ASSERT_TRUE(channel_->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(30))));
  }
  void StartDispatcher(int64_t attempt_timeout_ms = 10'000) {
    dispatcher_ = std::make_unique<Dispatcher>(
        *journal_, *tracker_, *pipeline_, providers_, clock_, [] { return 0.5; }, 42,
        Dispatcher::Options{.worker = "node1",
                            .poll_ms = 5,
                            .attempt_timeout_ms = attempt_timeout_ms,
                            .retry = {.max_attempts = 3}});
    dispatcher_->Start();
  }
  void TearDown() override {
    if (dispatcher_ != nullptr) dispatcher_->Stop();
    if (pipeline_ != nullptr) pipeline_->Stop();
    dispatcher_.reset();
    pipeline_.reset();
    providers_ = ProviderTable();
    // What is over holds its channel no longer: else gRPC would end it on a thread of its own, which then
    // waits for itself.
    if (channel_ != nullptr) {
      EXPECT_EQ(channel_.use_count(), 1);
    }
    server_.reset();
    streaming_.End();
    tracker_.reset();
    journal_.reset();
    redis_.reset();
    JournalFixture::TearDown();
  }

  // Brings a request in as the link does.
  void Receive(const std::string& method, int64_t deadline_in_ms = 60'000) {
    WorkGroup group;
    Draft draft = MakeDraft("synthetic question", kRequest);
    draft.record.set_kind(v1::RECORD_KIND_REQUEST_RECEIVED);
    draft.record.set_operation("/test.P/" + method);
    draft.record.set_deadline_ms(clock_.NowMs() + deadline_in_ms);
    draft.record.set_peer_origin(kTestPeerOrigin);
    group.drafts.push_back(std::move(draft));
    group.lease = dispatcher_->LeaseForArrivals();
    std::promise<absl::Status> tracked;
    group.done = [&](const Outcome& outcome) {
      if (outcome.status.ok()) dispatcher_->OnReceived(outcome.records, outcome.tracked);
      tracked.set_value(outcome.status);
    };
    pipeline_->Submit(std::move(group));
    ASSERT_TRUE(tracked.get_future().get().ok());
  }

  // As Receive, leased to another process, which does nothing more.
  void ReceiveAndDie() {
    Draft draft = MakeDraft("synthetic question", kRequest);
    draft.record.set_kind(v1::RECORD_KIND_REQUEST_RECEIVED);
    draft.record.set_operation("/test.P/Echo");
    draft.record.set_deadline_ms(clock_.NowMs() + 120'000);
    draft.record.set_peer_origin(kTestPeerOrigin);
    WorkGroup group;
    group.drafts.push_back(std::move(draft));
    group.lease = WorkerLease{.worker = "dead", .token = 7, .lease_ms = 15'000};
    std::promise<absl::Status> tracked;
    group.done = [&](const Outcome& outcome) { tracked.set_value(outcome.status); };
    pipeline_->Submit(std::move(group));
    ASSERT_TRUE(tracked.get_future().get().ok());
  }

  // Asks until the request is in `state`; the last view, also when it never gets there.
  TrackedRequest WaitFor(State state, absl::Duration step = absl::ZeroDuration()) {
    TrackedRequest last;
    uint32_t attempts = 0;
    absl::Duration advanced;
    for (int i = 0; i < 20'000 && !HasFatalFailure(); ++i) {
      const auto known = tracker_->Get(kRequest);
      if (known.ok() && known->has_value()) last = **known;
      if (last.state == state) break;
      // Never as long as a lease for one attempt: it must not end because this machine is slow.
      if (last.attempts != attempts) advanced = absl::ZeroDuration();
      attempts = last.attempts;
      if (last.state != State::kRetryWait || advanced >= absl::Seconds(10)) continue;
      advanced += step;
      clock_.Advance(step);
    }
    EXPECT_EQ(last.state, state) << StateName(last.state);
    return last;
  }

  static inline rpc::TestPki* pki_ = nullptr;
  Provider provider_;
  StreamingProvider streaming_{provider_.calls};
  ProviderTable providers_;
  std::unique_ptr<redis::TestRedis> redis_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Tracker> tracker_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<rpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Dispatcher> dispatcher_;
};

TEST_P(DispatcherTest, JournalsTheAnswerWithTheNamesOfItsFields) {
  Receive("Echo");
  const TrackedRequest request = WaitFor(State::kAnswered);
  EXPECT_EQ(request.outcome, "OK");
  EXPECT_EQ(request.attempts, 1u);
  const auto answer = journal_->ReadAt(request.answer_location);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->record.kind(), v1::RECORD_KIND_ANSWER_SENT);
  EXPECT_EQ(answer->payload, "synthetic question");
  ASSERT_EQ(answer->record.fields_returned_size(), 2);
  EXPECT_EQ(answer->record.fields_returned(0), "from_month");
}

TEST_P(DispatcherTest, AnswersWithAFinalErrorAndKeepsTheProvidersTextInside) {
  Receive("Final");
  const TrackedRequest request = WaitFor(State::kAnswered);
  EXPECT_EQ(request.outcome, "INTERNAL");
  const auto answer = journal_->ReadAt(request.answer_location);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->payload.find("text of the provider"), std::string::npos);
}

TEST_P(DispatcherTest, TriesAgainWhatMayPass) {
  Receive("OnceDown");
  const TrackedRequest request = WaitFor(State::kAnswered, absl::Milliseconds(20));
  EXPECT_EQ(request.attempts, 2u);
  EXPECT_EQ(provider_.calls, 2);
}

TEST_P(DispatcherTest, TellsWhatIsUsedUpApartFromTooManyCalls) {
  EXPECT_FALSE(MayPass(MakeError(Reason::SLOT_FULL)));
  EXPECT_TRUE(MayPass(MakeError(Reason::QUOTA)));
  EXPECT_TRUE(MayPass(absl::ResourceExhaustedError("of the transport")));
}

TEST_P(DispatcherTest, ParksWhatFailedInEveryAttempt) {
  Receive("Down");
  const TrackedRequest request = WaitFor(State::kParked, absl::Milliseconds(20));
  EXPECT_EQ(request.attempts, 3u);
  EXPECT_EQ(provider_.calls, 3);
}

TEST_P(DispatcherTest, GivesAProviderThatHangsNoMoreThanItsTime) {
  dispatcher_->Stop();
  StartDispatcher(/*attempt_timeout_ms=*/20);
  Receive("Hold");
  const TrackedRequest request = WaitFor(State::kParked, absl::Milliseconds(20));
  EXPECT_EQ(request.attempts, 3u);
}

TEST_P(DispatcherTest, AsksAgainWhatAProviderHadWhenItWentAway) {
  if (!GetParam()) GTEST_SKIP() << "a call of its own is told by gRPC";
  Receive("OnceHold");
  while (provider_.calls == 0) std::this_thread::yield();
  server_.reset();
  ASSERT_NO_FATAL_FAILURE(StartProvider());
  ASSERT_NO_FATAL_FAILURE(WaitUntilConnected());
  const TrackedRequest request = WaitFor(State::kAnswered, absl::Milliseconds(20));
  EXPECT_EQ(request.attempts, 2u);
  EXPECT_EQ(provider_.calls, 2);
}

TEST_P(DispatcherTest, LeavesADeferredRequestAlone) {
  Receive("Defer");
  WaitFor(State::kDeferred);
  EXPECT_EQ(provider_.calls, 1);
}

TEST_P(DispatcherTest, DropsWhatAWithdrawnRequestStillBrings) {
  Receive("Hold");
  WorkGroup group;
  Draft draft{.record = MakeDraft("", kRequest).record};
  draft.record.set_kind(v1::RECORD_KIND_CANCELLED);
  group.drafts.push_back(std::move(draft));
  group.done = [&](const Outcome& outcome) { dispatcher_->OnReceived(outcome.records, outcome.tracked); };
  pipeline_->Submit(std::move(group));
  WaitFor(State::kCancelled);
  dispatcher_->Stop();
  pipeline_->Stop();
  ASSERT_TRUE(journal_
                  ->ForEach([](const DurableRecord& record) {
                    EXPECT_NE(record.record.kind(), v1::RECORD_KIND_PARKED);
                    EXPECT_NE(record.record.kind(), v1::RECORD_KIND_ANSWER_SENT);
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(WaitFor(State::kCancelled).steps, 3u) << "received, leased, cancelled";
}

TEST_P(DispatcherTest, AnswersForAServiceThatNobodyProvides) {
  providers_ = ProviderTable();
  Receive("Echo");
  EXPECT_EQ(WaitFor(State::kAnswered).outcome, "POLICY_DENIED");
}

TEST_P(DispatcherTest, TakesOverFromAWorkerThatDied) {
  ReceiveAndDie();
  EXPECT_EQ(provider_.calls, 0);
  clock_.Advance(absl::Seconds(15));
  EXPECT_EQ(WaitFor(State::kAnswered).attempts, 2u);
  EXPECT_EQ(provider_.calls, 1);
}

// A request that ends every process which runs it must not run for ever.
TEST_P(DispatcherTest, ParksWhatEveryWorkerDiedOf) {
  dispatcher_->Stop();
  ReceiveAndDie();
  for (uint64_t token = 8; token < 10; ++token) {
    clock_.Advance(absl::Seconds(15));
    const auto leased =
        tracker_->Lease({.worker = "dead", .token = token, .lease_ms = 15'000}, 1, clock_.NowMs());
    ASSERT_TRUE(leased.ok() && leased->size() == 1) << leased.status();
  }
  clock_.Advance(absl::Seconds(15));
  StartDispatcher();
  EXPECT_EQ(WaitFor(State::kParked).outcome, "ATTEMPTS_EXHAUSTED");
  EXPECT_EQ(provider_.calls, 0);
}

TEST_P(DispatcherTest, SweeperEndsWhatIsLateAndTellsIt) {
  Receive("Defer", 1'000);
  WaitFor(State::kDeferred);
  std::promise<std::string> expired;
  Sweeper sweeper(*journal_, *tracker_, *pipeline_, clock_,
                  [&](std::span<const DurableRecord> records, std::span<const TrackResult>) {
                    expired.set_value(records.front().record.outcome());
                  });
  EXPECT_EQ(sweeper.SweepOnce(), 0u);
  clock_.Advance(absl::Seconds(2));
  ASSERT_EQ(sweeper.SweepOnce(), 1u);
  EXPECT_EQ(expired.get_future().get(), "DEADLINE_PASSED");
  WaitFor(State::kExpired);
}

INSTANTIATE_TEST_SUITE_P(Way, DispatcherTest, ::testing::Bool(),
                         [](const auto& way) { return way.param ? "Streamed" : "OneByOne"; });

}  // namespace
}  // namespace chuanyu::exchange
