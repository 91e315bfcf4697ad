// The client against a real Exchange server in this process. No mutual TLS here: who may call is the server's
// business and tested with it.
#include "common/exchange_client/exchange_client.h"

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "chuanyu/exchange/v1/exchange.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

using exchange::v1::Answer;
using exchange::v1::OpenRequest;
using exchange::v1::OpenResponse;
using exchange::v1::Receipt;
using ServerStream = grpc::ServerReaderWriter<OpenResponse, OpenRequest>;

// What a test waits for. Everything is guarded by one mutex.
class Seen {
 public:
  void Change(const std::function<void(Seen&)>& change) {
    MutexLock lock(mu_);
    change(*this);
    changed_.NotifyAll();
  }
  void WaitUntil(const std::function<bool(const Seen&)>& condition) {
    MutexLock lock(mu_);
    while (!condition(*this)) changed_.Wait(mu_);
  }

  std::vector<OpenRequest> requests;
  std::map<std::string, std::vector<absl::Status>> receipts;  // outcomes of one submission
  std::vector<Answer> answers;
  int streams = 0;

 private:
  Mutex mu_;
  CondVar changed_;
};

// An exchange whose streams do what the test's script says.
class ScriptedExchange final : public exchange::v1::Exchange::Service {
 public:
  using Script = std::function<grpc::Status(int stream_number, grpc::ServerContext&, ServerStream&)>;
  ScriptedExchange(Seen& seen, Script script, const std::string& address = "127.0.0.1:0")
      : seen_(seen), script_(std::move(script)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~ScriptedExchange() override { server_->Shutdown(std::chrono::system_clock::now()); }

  std::shared_ptr<grpc::Channel> Channel() const {
    return grpc::CreateChannel("127.0.0.1:" + std::to_string(port_), grpc::InsecureChannelCredentials());
  }

  grpc::Status Open(grpc::ServerContext* context, ServerStream* stream) override {
    int number = 0;
    seen_.Change([&number](Seen& seen) { number = ++seen.streams; });
    return script_(number, *context, *stream);
  }
  grpc::Status GetRequest(grpc::ServerContext*, const exchange::v1::GetRequestRequest* request,
                          exchange::v1::GetRequestResponse* response) override {
    if (request->request_id() != "known") return rpc::ToGrpc(MakeError(Reason::CASE_NOT_FOUND));
    response->mutable_request()->set_request_id(request->request_id());
    response->mutable_request()->set_state(exchange::v1::REQUEST_STATE_DEFERRED);
    return grpc::Status::OK;
  }
  grpc::Status AnswerDeferred(grpc::ServerContext*, const exchange::v1::AnswerDeferredRequest* request,
                              exchange::v1::AnswerDeferredResponse* response) override {
    response->set_journal_index(request->payload().size());
    return grpc::Status::OK;
  }
  grpc::Status CancelRequest(grpc::ServerContext*, const exchange::v1::CancelRequestRequest*,
                             exchange::v1::CancelRequestResponse* response) override {
    response->set_state(exchange::v1::REQUEST_STATE_CANCELLED);
    return grpc::Status::OK;
  }

 private:
  Seen& seen_;
  const Script script_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

exchange::v1::Submission Make(const std::string& id) {
  exchange::v1::Submission submission;
  submission.mutable_envelope()->set_request_id(id);
  submission.set_payload("payload of " + id);
  return submission;
}

ExchangeClient::ReceiptCallback Record(Seen& seen, const std::string& id) {
  return [&seen, id](absl::StatusOr<Receipt> receipt) {
    seen.Change([&](Seen& s) { s.receipts[id].push_back(receipt.status()); });
  };
}

ExchangeClient::AnswerCallback RecordAnswers(Seen& seen) {
  return [&seen](Answer answer) { seen.Change([&](Seen& s) { s.answers.push_back(std::move(answer)); }); };
}

// Reads one request, remembers it and answers each submission with a receipt.
bool ServeOne(Seen& seen, ServerStream& stream) {
  OpenRequest request;
  if (!stream.Read(&request)) return false;
  OpenResponse response;
  for (const auto& submission : request.submissions()) {
    response.add_receipts()->set_request_id(submission.envelope().request_id());
  }
  seen.Change([&](Seen& s) { s.requests.push_back(request); });
  if (response.receipts_size() > 0) stream.Write(response);
  return true;
}

grpc::Status ServeAll(Seen& seen, ServerStream& stream) {
  while (ServeOne(seen, stream)) {
  }
  return grpc::Status::OK;
}

// Reconnects at once: tests wait for events, never for time.
const ExchangeClientOptions kFast = {.min_backoff = absl::Milliseconds(1),
                                     .max_backoff = absl::Milliseconds(2)};

TEST(ExchangeClient, EverySubmissionGetsItsReceiptOnce) {
  Seen seen;
  ScriptedExchange exchange(seen, [&](int, auto&, ServerStream& stream) { return ServeAll(seen, stream); });
  ExchangeClient client(exchange.Channel(), kFast, RecordAnswers(seen));
  constexpr size_t kCount = 3000;
  for (size_t i = 0; i < kCount; ++i) {
    const std::string id = std::to_string(i);
    ASSERT_TRUE(client.Submit(Make(id), Record(seen, id)).ok());
  }
  seen.WaitUntil([](const Seen& s) { return s.receipts.size() == kCount; });
  client.Shutdown();
  EXPECT_EQ(client.in_flight(), 0u);
  for (const auto& [id, outcomes] : seen.receipts) {
    ASSERT_EQ(outcomes.size(), 1u) << id;
    EXPECT_TRUE(outcomes[0].ok()) << id;
  }
}

TEST(ExchangeClient, WhatComesWhileAWriteIsOnItsWayTravelsInOneBatch) {
  char folder[] = "/tmp/exchange_client_test.XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string address = "unix:" + std::string(folder) + "/node.sock";
  grpc::ChannelArguments quick;
  quick.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  quick.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 20);
  Seen seen;
  constexpr size_t kCount = 400;
  {
    ExchangeClient client(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), quick),
                          kFast, RecordAnswers(seen));
    // While nobody listens the first write cannot finish, so everything after it waits together.
    for (size_t i = 0; i < kCount; ++i) {
      const std::string id = std::to_string(i);
      ASSERT_TRUE(client.Submit(Make(id), Record(seen, id)).ok());
    }
    ScriptedExchange exchange(
        seen, [&](int, auto&, ServerStream& stream) { return ServeAll(seen, stream); }, address);
    seen.WaitUntil([](const Seen& s) { return s.receipts.size() == kCount; });
    client.Shutdown();
  }
  EXPECT_LE(seen.requests.size(), 2u);
  std::filesystem::remove_all(folder);
}

TEST(ExchangeClient, ARejectionArrivesWithItsReason) {
  Seen seen;
  ScriptedExchange exchange(seen, [&](int, auto&, ServerStream& stream) {
    OpenRequest request;
    while (stream.Read(&request)) {
      OpenResponse response;
      const grpc::Status why = rpc::ToGrpc(MakeError(Reason::POLICY_DENIED));
      for (const auto& submission : request.submissions()) {
        auto* rejection = response.add_rejections();
        rejection->set_request_id(submission.envelope().request_id());
        rejection->mutable_status()->ParseFromString(why.error_details());
      }
      stream.Write(response);
    }
    return grpc::Status::OK;
  });
  ExchangeClient client(exchange.Channel(), kFast, RecordAnswers(seen));
  ASSERT_TRUE(client.Submit(Make("a"), Record(seen, "a")).ok());
  seen.WaitUntil([](const Seen& s) { return s.receipts.size() == 1; });
  client.Shutdown();
  EXPECT_TRUE(HasReason(seen.receipts["a"].front(), Reason::POLICY_DENIED));
}

TEST(ExchangeClient, SendsAgainOnANewStreamWhatHadNoReceipt) {
  Seen seen;
  ScriptedExchange exchange(seen, [&](int number, auto&, ServerStream& stream) {
    if (number < 3) {  // takes a batch and breaks without a word
      OpenRequest request;
      stream.Read(&request);
      return grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone");
    }
    return ServeAll(seen, stream);
  });
  ExchangeClient client(exchange.Channel(), kFast, RecordAnswers(seen));
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(client.Submit(Make(id), Record(seen, id)).ok());
  seen.WaitUntil([](const Seen& s) { return s.receipts.size() == 3; });
  client.Shutdown();
  EXPECT_EQ(seen.streams, 3);
  for (const auto& [id, outcomes] : seen.receipts) {
    ASSERT_EQ(outcomes.size(), 1u);
    EXPECT_TRUE(outcomes[0].ok());
  }
}

TEST(ExchangeClient, AnswersComeAgainUntilTheyAreAcknowledged) {
  Seen seen;
  ScriptedExchange exchange(seen, [&](int number, auto&, ServerStream& stream) {
    OpenResponse response;
    response.add_answers()->set_request_id("a");
    stream.Write(response);
    OpenRequest request;
    if (number == 1) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone");
    while (stream.Read(&request)) seen.Change([&](Seen& s) { s.requests.push_back(request); });
    return grpc::Status::OK;
  });
  ExchangeClient client(exchange.Channel(), kFast, RecordAnswers(seen));
  seen.WaitUntil([](const Seen& s) { return s.answers.size() == 2; });
  client.Acknowledge("a");
  seen.WaitUntil([](const Seen& s) { return !s.requests.empty(); });
  client.Shutdown();
  ASSERT_EQ(seen.requests.front().acknowledged_request_ids_size(), 1);
  EXPECT_EQ(seen.requests.front().acknowledged_request_ids(0), "a");
}

TEST(ExchangeClient, ShutdownEndsWhatHasNoReceipt) {
  Seen seen;
  ScriptedExchange exchange(seen, [&](int, auto&, ServerStream& stream) {
    OpenRequest request;
    while (stream.Read(&request)) seen.Change([&](Seen& s) { s.requests.push_back(request); });
    return grpc::Status::OK;
  });
  ExchangeClient client(exchange.Channel(), kFast, RecordAnswers(seen));
  ASSERT_TRUE(client.Submit(Make("a"), Record(seen, "a")).ok());
  seen.WaitUntil([](const Seen& s) { return !s.requests.empty(); });
  client.Shutdown();
  ASSERT_EQ(seen.receipts["a"].size(), 1u);
  EXPECT_TRUE(HasReason(seen.receipts["a"].front(), Reason::SHUTTING_DOWN));
  EXPECT_TRUE(HasReason(client.Submit(Make("b"), Record(seen, "b")), Reason::SHUTTING_DOWN));
  client.Shutdown();
}

TEST(ExchangeClient, ShutdownReturnsWhenTheNodeWasNeverThere) {
  Seen seen;
  ExchangeClient client(
      grpc::CreateChannel("unix:/nonexistent/node.sock", grpc::InsecureChannelCredentials()), kFast,
      RecordAnswers(seen));
  ASSERT_TRUE(client.Submit(Make("a"), Record(seen, "a")).ok());
  client.Shutdown();
  EXPECT_TRUE(HasReason(seen.receipts["a"].front(), Reason::SHUTTING_DOWN));
}

TEST(ExchangeClient, CallsBesideTheStreamCarryReasons) {
  Seen seen;
  ScriptedExchange exchange(seen, [&](int, auto&, ServerStream& stream) { return ServeAll(seen, stream); });
  ExchangeClient client(exchange.Channel(), kFast, RecordAnswers(seen));
  const auto known = client.GetRequest("known", absl::Seconds(60));
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_EQ(known->state(), exchange::v1::REQUEST_STATE_DEFERRED);
  EXPECT_TRUE(HasReason(client.GetRequest("other", absl::Seconds(60)).status(), Reason::CASE_NOT_FOUND));
  exchange::v1::AnswerDeferredRequest answer;
  answer.set_payload("four");
  EXPECT_EQ(client.AnswerDeferred(answer, absl::Seconds(60)).value_or(0), 4u);
  EXPECT_EQ(client.Cancel("a", absl::Seconds(60)).value_or(exchange::v1::REQUEST_STATE_UNSPECIFIED),
            exchange::v1::REQUEST_STATE_CANCELLED);
}

TEST(StatusFromProto, OkIsOkAndForeignErrorsKeepTheirCode) {
  google::rpc::Status status;
  EXPECT_TRUE(StatusFromProto(status).ok());
  status.set_code(static_cast<int>(grpc::StatusCode::DEADLINE_EXCEEDED));
  EXPECT_TRUE(absl::IsDeadlineExceeded(StatusFromProto(status)));
}

TEST(MayBeTakenLater, SaysWhatIsFinal) {
  for (const Reason reason : {Reason::TRACKER_UNAVAILABLE, Reason::QUOTA, Reason::INTERNAL,
                              Reason::MSG_CLOCK_SKEW, Reason::SHUTTING_DOWN}) {
    EXPECT_TRUE(MayBeTakenLater(MakeError(reason))) << ReasonName(reason);
  }
  // What came without a reason came from the transport.
  EXPECT_TRUE(MayBeTakenLater(absl::CancelledError("")));
  for (const Reason reason :
       {Reason::POLICY_DENIED, Reason::BAD_REQUEST, Reason::IDEMPOTENCY_CONFLICT, Reason::STATE_CONFLICT}) {
    EXPECT_FALSE(MayBeTakenLater(MakeError(reason))) << ReasonName(reason);
  }
}

}  // namespace
}  // namespace chuanyu
