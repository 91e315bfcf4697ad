// A real server and client over TLS on loopback, on SQLite and PostgreSQL. Synthetic persons.
#include "services/family_economy/provider.h"

#include "common/rpc/channel.h"
#include "common/rpc/error_details.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "gmock/gmock.h"
#include "grpcpp/channel.h"
#include "gtest/gtest.h"
#include "services/family_economy/registers/registers_testing.h"
#include "services/family_economy/rules/other_checks.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kId[] = "0199aaaa-0000-7000-8000-000000000001";
constexpr char kOtherId[] = "0199aaaa-0000-7000-8000-000000000002";
constexpr auto kA10 = v1::DATA_CLASS_A10_ASSISTANCE;

class ProviderTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  void SetUp() override {
    auto server = rpc::Server::Start(
        {.listen = {"127.0.0.1:0"}, .tls = pki_.Files("510000/mzj/family-economy")}, {&provider_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  struct Reply {
    absl::Status status;
    v1::QueryStatusResponse answer;
    std::string fields;
  };
  Reply Ask(const v1::QueryStatusRequest& question, const std::string& id = kId,
            const std::string& purpose = "P-DIBAO", const std::string& caller = "510000/exchange/node") {
    auto channel = rpc::OpenChannel({.target = server_->address(),
                                     .tls = pki_.Files(caller),
                                     .server_spiffe = "spiffe://510000.chuanyu/mzj/family-economy"});
    EXPECT_TRUE(channel.ok()) << channel.status();
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.AddMetadata("chuanyu-request-id", id);
    context.AddMetadata("chuanyu-purpose", purpose);
    Reply reply;
    reply.status = rpc::FromGrpc(
        v1::FamilyEconomyProvider::NewStub(*channel)->QueryStatus(&context, question, &reply.answer));
    const auto found = context.GetServerTrailingMetadata().find("chuanyu-fields");
    if (found != context.GetServerTrailingMetadata().end()) {
      reply.fields = std::string(found->second.data(), found->second.size());
    }
    return reply;
  }

  const rpc::TestPki pki_{{"510000/exchange/node/node", "500000/exchange/node/node",
                           "510000/mzj/family-economy/system", "510000/county/platform/system"}};
  TestRegisters test_{GetParam()};
  const std::unique_ptr<crypto::Sealer> sealer_ =
      crypto::Sealer::Create(crypto::SealSuite::kSm4CtrHmacSm3, std::string(48, 's'), "test").value();
  const std::unique_ptr<AnswerStore> answers_ = AnswerStore::Open(*test_.pool, *sealer_).value();
  std::vector<std::string> told_;  // "<region> <question>"; calls come one after the other
  Provider provider_{{.region = kSichuan,
                      .ends =
                          [this](const std::string& region, const v1::TellCheckEndsRequest& told) {
                            told_.push_back(region + " " + told.ends(0).request_id());
                            return absl::OkStatus();
                          }},
                     *test_.own,
                     *answers_,
                     test_.clock};
  std::unique_ptr<rpc::Server> server_;
};

TEST_P(ProviderTest, AnswersTheOwnNodeAndNamesTheFields) {
  const Reply reply = Ask(Question(kP02, {kA10, v1::DATA_CLASS_A03_DEATH}));
  ASSERT_TRUE(reply.status.ok()) << reply.status;
  ASSERT_EQ(reply.answer.results_size(), 2);
  EXPECT_EQ(reply.answer.results(0).state(), v1::RESULT_STATE_HIT);
  EXPECT_EQ(reply.answer.results(1).state(), v1::RESULT_STATE_NO_HIT);
  EXPECT_EQ(reply.fields, "A03.state,A10.from_month,A10.region,A10.state,A10.type");
}

TEST_P(ProviderTest, ARepeatGetsTheStoredAnswerAlthoughTheRegisterHasChanged) {
  const Reply first = Ask(Question(kP02, {kA10}));
  ASSERT_TRUE(first.status.ok()) << first.status;
  test_.Execute("DELETE FROM reg_assistance");
  const Reply again = Ask(Question(kP02, {kA10}));
  EXPECT_EQ(again.answer.SerializeAsString(), first.answer.SerializeAsString());
  EXPECT_EQ(again.fields, first.fields);
  EXPECT_EQ(Ask(Question(kP02, {kA10}), kOtherId).answer.results(0).state(), v1::RESULT_STATE_NO_HIT);
  EXPECT_TRUE(HasReason(Ask(Question(kP01, {kA10})).status, Reason::IDEMPOTENCY_CONFLICT));
}

TEST_P(ProviderTest, KeepsTheFirstOfTwoAnswers) {
  v1::QueryStatusResponse one, two;
  one.add_results()->set_source("one");
  two.add_results()->set_source("two");
  EXPECT_EQ(answers_->Keep(kId, Question(kP02, {kA10}), one, TestNow())->results(0).source(), "one");
  EXPECT_EQ(answers_->Keep(kId, Question(kP02, {kA10}), two, TestNow())->results(0).source(), "one");
}

TEST_P(ProviderTest, StoresNothingReadable) {
  ASSERT_TRUE(Ask(Question(kP02, {kA10})).status.ok());
  ASSERT_TRUE(test_.pool
                  ->Run([](sql::Session& session) -> absl::Status {
                    const auto found = session.Query("SELECT * FROM fe_answer");
                    EXPECT_EQ(found->rows.size(), 1u);
                    for (const sql::Value& value : found->rows[0]) {
                      EXPECT_THAT(sql::TextOf(value), Not(HasSubstr("511623")));
                    }
                    return absl::OkStatus();
                  })
                  .ok());
  test_.Execute("UPDATE fe_answer SET answer = question");
  EXPECT_TRUE(HasReason(Ask(Question(kP02, {kA10})).status, Reason::SIG_INVALID));
}

TEST_P(ProviderTest, RefusesOtherCallersAndMalformedCalls) {
  const v1::QueryStatusRequest question = Question(kP02, {kA10});
  EXPECT_TRUE(HasReason(Ask(question, kId, "P-DIBAO", "510000/county/platform").status, Reason::ROLE_DENIED));
  EXPECT_TRUE(
      HasReason(Ask(question, kId, "P-DIBAO", "500000/exchange/node").status, Reason::CALLER_WRONG_REGION));
  EXPECT_TRUE(HasReason(Ask(question, "x").status, Reason::BAD_REQUEST));
  EXPECT_TRUE(HasReason(Ask(question, kId, "P-MARRY").status, Reason::PURPOSE_DENIED));
  v1::QueryStatusRequest unknown = question;
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddVarint(99, 1);
  EXPECT_TRUE(HasReason(Ask(unknown).status, Reason::UNKNOWN_FIELD));
}

TEST_P(ProviderTest, TakesEndsOfChecksThatAreWellFormedAndForThatPurpose) {
  const auto channel = rpc::OpenChannel({.target = server_->address(),
                                         .tls = pki_.Files("510000/exchange/node"),
                                         .server_spiffe = "spiffe://510000.chuanyu/mzj/family-economy"})
                           .value();
  const auto tell = [&](const v1::TellCheckEndsRequest& told, const std::string& purpose = kEndsPurpose) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.AddMetadata("chuanyu-request-id", kId);
    context.AddMetadata("chuanyu-purpose", purpose);
    context.AddMetadata("chuanyu-from-region", kChongqing);
    v1::TellCheckEndsResponse response;
    return rpc::FromGrpc(
        v1::FamilyEconomyProvider::NewStub(channel)->TellCheckEnds(&context, told, &response));
  };
  v1::TellCheckEndsRequest told;
  EXPECT_TRUE(HasReason(tell(told), Reason::BAD_REQUEST));
  told.add_ends()->set_request_id(kOtherId);
  EXPECT_TRUE(HasReason(tell(told), Reason::CODE_UNKNOWN));
  told.mutable_ends(0)->set_type(v1::VERIFICATION_TYPE_NEW);
  EXPECT_TRUE(tell(told).ok()) << tell(told);
  EXPECT_TRUE(HasReason(tell(told, "P-DIBAO"), Reason::PURPOSE_DENIED));
  told.mutable_ends(0)->set_request_id(kP02);
  EXPECT_TRUE(HasReason(tell(told), Reason::BAD_REQUEST));
  told.mutable_ends(0)->set_request_id(kOtherId);
  for (int i = 0; i < 500; ++i) *told.add_ends() = told.ends(0);
  EXPECT_TRUE(HasReason(tell(told), Reason::BAD_REQUEST));
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_EQ(told_[0], std::string(kChongqing) + " " + kOtherId);
}

INSTANTIATE_TEST_SUITE_P(Databases, ProviderTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgresql),
                         [](const auto& info) {
                           return info.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgresql";
                         });

}  // namespace
}  // namespace chuanyu::family_economy
