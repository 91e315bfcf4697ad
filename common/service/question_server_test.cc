// A typed provider asked over the stream, over TLS. All content is synthetic.
#include "common/service/question_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>

#include "absl/strings/str_cat.h"
#include "chuanyu/exchange/v1/audit.grpc.pb.h"
#include "chuanyu/exchange/v1/operations.grpc.pb.h"
#include "common/base/worker_pool.h"
#include "common/rpc/channel.h"
#include "common/rpc/error_details.h"
#include "common/rpc/server.h"
#include "common/rpc/status_proto.h"
#include "common/rpc/test_pki.h"
#include "common/service/calls.h"

namespace chuanyu {
namespace {

using exchange::v1::AskRequest;
using exchange::v1::AskResponse;
using exchange::v1::Audit;  // stands in for a service's provider
using exchange::v1::GetCheckpointRequest;
using exchange::v1::GetCheckpointResponse;
using exchange::v1::Question;
using exchange::v1::QuestionResult;

constexpr char kRegion[] = "510000";
constexpr char kMethod[] = "/chuanyu.exchange.v1.Audit/GetCheckpoint";

std::string IdOf(int number) { return absl::StrCat("0197e2a4-0000-7000-8000-0000000000", 10 + number); }

// Does what the purpose of each question says.
class Provider final : public Audit::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const GetCheckpointRequest* request,
                                          GetCheckpointResponse* response) override {
    return RunForNode(context, *request, kRegion, workers_,
                      [context, response](const ProviderCall& call) -> absl::Status {
                        if (call.purpose == "refuse") return MakeError(Reason::PURPOSE_DENIED);
                        if (call.purpose == "later") {
                          AnswerLater(context);
                          return absl::OkStatus();
                        }
                        response->set_note("asked from " + call.from_region);
                        NameFields(context, "note");
                        return absl::OkStatus();
                      });
  }

 private:
  WorkerPool workers_{2};
};

class QuestionServerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pki_ =
        new rpc::TestPki({"510000/exchange/node/node", "500000/exchange/node/node", "510000/mzj/p/system"});
  }
  static void TearDownTestSuite() { delete pki_; }

  void SetUp() override {
    questions_.Add<Audit>("GetCheckpoint", provider_, &Provider::GetCheckpoint);
    auto server = rpc::Server::Start(
        {.listen = {"unix:" + pki_->folder() + "/p.sock"}, .tls = pki_->Files("510000/mzj/p")},
        {&provider_, &questions_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  std::unique_ptr<exchange::v1::Questions::Stub> StubOf(const std::string& caller) {
    const auto channel = rpc::OpenChannel({.target = server_->address(),
                                           .tls = pki_->Files(caller),
                                           .server_spiffe = "spiffe://510000.chuanyu/mzj/p"});
    EXPECT_TRUE(channel.ok()) << channel.status();
    return exchange::v1::Questions::NewStub(*channel);
  }

  static Question Ask(int number, const std::string& purpose) {
    Question question;
    question.set_request_id(IdOf(number));
    question.set_operation(kMethod);
    question.set_payload(GetCheckpointRequest().SerializeAsString());
    question.set_from_region("500000");
    question.set_purpose(purpose);
    question.set_attempt(static_cast<uint32_t>(number + 1));
    return question;
  }

  // Asks all in one message, and reads until each has its result.
  std::map<std::string, QuestionResult> ResultsOf(const std::vector<Question>& questions) {
    grpc::ClientContext context;
    const auto stub = StubOf("510000/exchange/node");
    const auto stream = stub->Ask(&context);
    AskRequest request;
    for (const Question& question : questions) *request.add_questions() = question;
    EXPECT_TRUE(stream->Write(request));
    std::map<std::string, QuestionResult> results;
    AskResponse response;
    while (results.size() < questions.size() && stream->Read(&response)) {
      for (const QuestionResult& result : response.results()) {
        EXPECT_TRUE(results.emplace(result.request_id(), result).second) << "two results of one question";
      }
    }
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    return results;
  }

  // How a stream of this caller ends.
  absl::Status EndOf(const std::string& caller) {
    grpc::ClientContext context;
    const auto stub = StubOf(caller);
    const auto stream = stub->Ask(&context);
    AskResponse response;
    EXPECT_FALSE(stream->Read(&response));
    return rpc::FromGrpc(stream->Finish());
  }

  static inline rpc::TestPki* pki_ = nullptr;
  Provider provider_;
  QuestionServer questions_{kRegion};
  std::unique_ptr<rpc::Server> server_;
};

TEST_F(QuestionServerTest, AnswersEveryQuestionOfAMessageAsItsMethodDoes) {
  auto results = ResultsOf({Ask(0, "say"), Ask(1, "refuse"), Ask(2, "later")});
  ASSERT_EQ(results.size(), 3u);
  const QuestionResult& said = results[IdOf(0)];
  EXPECT_EQ(said.status().code(), 0) << said.status().message();
  GetCheckpointResponse answer;
  ASSERT_TRUE(answer.ParseFromString(said.payload()));
  EXPECT_EQ(answer.note(), "asked from 500000");
  EXPECT_EQ(said.fields(), "note");
  EXPECT_EQ(said.attempt(), 1u);
  EXPECT_FALSE(said.deferred());
  const absl::Status refused = rpc::StatusFromProto(results[IdOf(1)].status());
  EXPECT_TRUE(HasReason(refused, Reason::PURPOSE_DENIED)) << refused;
  EXPECT_TRUE(results[IdOf(2)].deferred());
}

TEST_F(QuestionServerTest, OneBadQuestionDoesNotHoldUpTheOthers) {
  Question unknown = Ask(0, "say");
  unknown.set_operation("/chuanyu.exchange.v1.Audit/Nothing");
  Question garbled = Ask(1, "say");
  garbled.set_payload("\xff\xff");
  Question nameless = Ask(2, "say");
  nameless.set_request_id("no UUID");
  Question newer = Ask(3, "say");
  newer.GetReflection()->MutableUnknownFields(&newer)->AddVarint(99, 1);
  Question stranger = Ask(4, "say");
  stranger.set_payload("\x78\x01");  // field 15
  auto results = ResultsOf({unknown, garbled, nameless, newer, stranger, Ask(5, "say")});
  const auto reason_of = [&](const std::string& id) {
    return ReasonOf(rpc::StatusFromProto(results[id].status()));
  };
  EXPECT_EQ(reason_of(IdOf(0)), Reason::INTERNAL);
  EXPECT_EQ(reason_of(IdOf(1)), Reason::BAD_REQUEST);
  EXPECT_EQ(reason_of("no UUID"), Reason::BAD_REQUEST);
  EXPECT_EQ(reason_of(IdOf(3)), Reason::UNKNOWN_FIELD);
  EXPECT_EQ(reason_of(IdOf(4)), Reason::UNKNOWN_FIELD);
  EXPECT_EQ(results[IdOf(5)].status().code(), 0);
}

TEST_F(QuestionServerTest, AnAnswerTooLargeForTheStreamIsAnErrorOfItsQuestionAlone) {
  questions_.SetDefault([](StreamedQuestion* question) {
    question->result().set_payload(std::string((4u << 20) + 1, 'x'));
    question->Finish(absl::OkStatus());
  });
  Question large = Ask(0, "say");
  large.set_operation("/test.P/Large");
  auto results = ResultsOf({large, Ask(1, "say")});
  const absl::Status refused = rpc::StatusFromProto(results[IdOf(0)].status());
  EXPECT_TRUE(HasReason(refused, Reason::PAYLOAD_TOO_LARGE)) << refused;
  EXPECT_EQ(results[IdOf(1)].status().code(), 0);
}

// The first of two methods; the other one is forgotten.
class Half final : public exchange::v1::Operations::CallbackService {
 public:
  grpc::ServerUnaryReactor* InspectRequest(grpc::CallbackServerContext*,
                                           const exchange::v1::InspectRequestRequest*,
                                           exchange::v1::InspectRequestResponse*) override {
    return nullptr;
  }
};

TEST_F(QuestionServerTest, AForgottenMethodIsNamedBeforeAnybodyAsks) {
  EXPECT_TRUE(questions_.CheckComplete().ok()) << questions_.CheckComplete();
  Half half;
  questions_.Add<exchange::v1::Operations>("InspectRequest", half, &Half::InspectRequest);
  const absl::Status missing = questions_.CheckComplete();
  EXPECT_TRUE(HasReason(missing, Reason::INTERNAL));
  EXPECT_THAT(std::string(missing.message()), ::testing::HasSubstr("v1.Operations/GetOverview"));
}

TEST_F(QuestionServerTest, OnlyTheNodeOfTheOwnRegionMayAsk) {
  EXPECT_TRUE(HasReason(EndOf("500000/exchange/node"), Reason::CALLER_WRONG_REGION));
  EXPECT_TRUE(HasReason(EndOf("510000/mzj/p"), Reason::ROLE_DENIED));
}

TEST_F(QuestionServerTest, AStreamThatIsClosedGivesTheResultsOfWhatItHasRead) {
  const auto read = std::make_shared<std::promise<StreamedQuestion*>>();
  questions_.SetDefault([read](StreamedQuestion* question) { read->set_value(question); });
  grpc::ClientContext context;
  const auto stub = StubOf("510000/exchange/node");
  const auto stream = stub->Ask(&context);
  AskRequest request;
  *request.add_questions() = Ask(0, "say");
  request.mutable_questions(0)->set_operation("/test.P/Hold");
  ASSERT_TRUE(stream->Write(request));
  StreamedQuestion* const held = read->get_future().get();
  questions_.Close();
  held->result().set_payload("synthetic");
  held->Finish(absl::OkStatus());
  AskResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.results(0).payload(), "synthetic");
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(HasReason(rpc::FromGrpc(stream->Finish()), Reason::SHUTTING_DOWN));
  EXPECT_TRUE(HasReason(EndOf("510000/exchange/node"), Reason::SHUTTING_DOWN)) << "one that comes later";
}

}  // namespace
}  // namespace chuanyu
