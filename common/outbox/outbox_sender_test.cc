// Against the asking side of a node that does what the test says, over real gRPC.
#include "common/outbox/outbox_sender.h"

#include <cstdlib>
#include <filesystem>

#include "common/base/mutex.h"
#include "common/exchange_client/fake_node_testing.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

class OutboxSenderTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pki_ = new rpc::TestPki({"500000/exchange/node/node", "500000/mzj/child-welfare/system"});
  }
  static void TearDownTestSuite() {
    delete pki_;
    pki_ = nullptr;
  }
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-sender-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    pool_ = sql::Pool::Open({.url = "sqlite3://db=" + folder_ + "/outbox.db"}).value();
    store_ = OutboxStore::Open(*pool_, *sealer_, "test").value();
    node_ = std::make_unique<FakeNode>([this](const auto& submission) { return ScriptNow()(submission); });
    StartNode();
  }
  void TearDown() override {
    sender_.reset();
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  // What the node does from now on.
  void Do(FakeNode::Script script) {
    const MutexLock lock(script_mu_);
    script_ = std::move(script);
  }
  FakeNode::Script ScriptNow() const {
    const MutexLock lock(script_mu_);
    return script_;
  }
  void StartNode() {
    server_ = rpc::Server::Start({.listen = {"unix:" + folder_ + "/node.sock"},
                                  .tls = pki_->Files("500000/exchange/node"),
                                  .reflection = false},
                                 {node_.get()})
                  .value();
  }
  void StartSender() {
    auto channel = rpc::OpenChannel({.target = "unix:" + folder_ + "/node.sock",
                                     .tls = pki_->Files("500000/mzj/child-welfare"),
                                     .server_spiffe = "spiffe://500000.chuanyu/exchange/node"});
    ASSERT_TRUE(channel.ok()) << channel.status();
    sender_ = std::make_unique<OutboxSender>(
        *store_, clock_, *channel,
        OutboxSender::Options{
            .legal_basis = "test",
            .tick = absl::Milliseconds(20),
            .retry_after = absl::ZeroDuration(),
            .client = {.min_backoff = absl::Milliseconds(5), .max_backoff = absl::Milliseconds(20)}},
        [this](const OutboxMessage& message, const std::string& payload) { return Take(message, payload); },
        [] {});
    sender_->Start();
  }
  absl::Status Take(const OutboxMessage& message, const std::string& payload) {
    {
      MutexLock lock(mu_);
      if (failures_ > 0) {
        --failures_;
        return MakeError(Reason::STORE_UNAVAILABLE);
      }
      taken_.push_back(message.payload + " -> " + payload);
    }
    return pool_->Transact(
        [&](sql::Session& session) { return store_->Remove(session, message.request_id).status(); });
  }
  std::string Add(const std::string& payload) {
    std::string id;
    EXPECT_TRUE(pool_
                    ->Transact([&](sql::Session& session) -> absl::Status {
                      auto added = store_->Add(session,
                                               {.to_region = "510000",
                                                .operation = "/a.B/C",
                                                .purpose = "P-CHILD",
                                                .correlation_id = "case-1",
                                                .payload = payload},
                                               clock_.Now());
                      if (added.ok()) id = *added;
                      return added.status();
                    })
                    .ok());
    return id;
  }
  std::vector<std::string> taken() {
    MutexLock lock(mu_);
    return taken_;
  }
  static std::unique_ptr<exchange::v1::Answer> AnswerTo(const exchange::v1::Submission& submission,
                                                        const absl::Status& status = absl::OkStatus()) {
    auto answer = std::make_unique<exchange::v1::Answer>();
    answer->set_request_id(submission.envelope().request_id());
    if (status.ok())
      answer->set_payload("yes");
    else
      answer->mutable_status()->ParseFromString(rpc::ToGrpc(status).error_details());
    return answer;
  }

  static inline rpc::TestPki* pki_ = nullptr;
  std::string folder_;
  FakeClock clock_{absl::FromUnixMillis(1'790'000'000'000)};
  mutable Mutex script_mu_;
  FakeNode::Script script_ ABSL_GUARDED_BY(script_mu_) = [](const auto& submission) {
    return AnswerTo(submission);
  };
  std::unique_ptr<crypto::Sealer> sealer_ = *crypto::Sealer::Create(
      crypto::SealSuite::kSm4CtrHmacSm3, std::string(crypto::kSealKeyBytes, 'k'), "test");
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<OutboxStore> store_;
  std::unique_ptr<FakeNode> node_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<OutboxSender> sender_;
  Mutex mu_;
  std::vector<std::string> taken_ ABSL_GUARDED_BY(mu_);
  int failures_ ABSL_GUARDED_BY(mu_) = 0;
};

TEST_F(OutboxSenderTest, SendsWhatWasThereBeforeItAndWhatComesLater) {
  const std::string first = Add("one");
  StartSender();
  node_->WaitForAcknowledgement(first);
  const std::string second = Add("two");
  sender_->Wake();
  node_->WaitForAcknowledgement(second);
  EXPECT_THAT(taken(), ::testing::ElementsAre("one -> yes", "two -> yes"));
  EXPECT_TRUE(store_->Due(clock_.Now(), "", 10)->empty());
  const auto submissions = node_->submissions();
  ASSERT_EQ(submissions.size(), 2u);
  EXPECT_EQ(submissions[0].envelope().purpose(), "P-CHILD");
  EXPECT_EQ(submissions[0].envelope().to_region(), "510000");
}

// A node sends all answers of a system to one stream, which somebody else may have.
TEST_F(OutboxSenderTest, SendsOverAnothersConnectionAndTakesWhatItsOwnerHandsOver) {
  auto channel = rpc::OpenChannel({.target = "unix:" + folder_ + "/node.sock",
                                   .tls = pki_->Files("500000/mzj/child-welfare"),
                                   .server_spiffe = "spiffe://500000.chuanyu/exchange/node"});
  ASSERT_TRUE(channel.ok()) << channel.status();
  sender_ = std::make_unique<OutboxSender>(
      *store_, clock_, OutboxSender::Options{.legal_basis = "test", .tick = absl::Milliseconds(20)},
      [this](const OutboxMessage& message, const std::string& payload) { return Take(message, payload); },
      [] {});
  ExchangeClient owner(*channel, {},
                       [this](exchange::v1::Answer answer) { sender_->TakeLater(std::move(answer)); });
  sender_->Start(owner);
  const std::string id = Add("one");
  sender_->Wake();
  node_->WaitForAcknowledgement(id);
  EXPECT_THAT(taken(), ::testing::ElementsAre("one -> yes"));
  EXPECT_TRUE(store_->Due(clock_.Now(), "", 10)->empty());
  owner.Shutdown();
  sender_->Stop();
}

TEST_F(OutboxSenderTest, AnswerThatCouldNotBeStoredIsTakenAgainAndNotAcknowledgedBefore) {
  {
    MutexLock lock(mu_);
    failures_ = 3;
  }
  const std::string id = Add("one");
  StartSender();
  node_->WaitForAcknowledgement(id);
  EXPECT_THAT(taken(), ::testing::ElementsAre("one -> yes"));
}

TEST_F(OutboxSenderTest, ErrorIsNoAnswerAndTheMessageGoesOutAgain) {
  int refusals = 2;
  Do([&refusals](const auto& submission) {
    return refusals-- > 0 ? AnswerTo(submission, MakeError(Reason::KEY_UNKNOWN)) : AnswerTo(submission);
  });
  Add("one");
  StartSender();
  node_->WaitForSubmissions(3);
  const std::string last = node_->submissions().back().envelope().request_id();
  node_->WaitForAcknowledgement(last);
  EXPECT_THAT(taken(), ::testing::ElementsAre("one -> yes"));
}

TEST_F(OutboxSenderTest, RefusedSubmissionGoesOutAgain) {
  int refusals = 2;
  node_->set_admit([&refusals](const auto&) {
    return refusals-- > 0 ? MakeError(Reason::POLICY_DENIED) : absl::OkStatus();
  });
  Add("one");
  StartSender();
  node_->WaitForSubmissions(3);
  node_->WaitForAcknowledgement(node_->submissions().back().envelope().request_id());
  EXPECT_THAT(taken(), ::testing::ElementsAre("one -> yes"));
}

TEST_F(OutboxSenderTest, OutlivesItsProcessAndTheNode) {
  Do([](const auto&) { return nullptr; });
  const std::string id = Add("one");
  StartSender();
  node_->WaitForSubmissions(1);
  sender_->Stop();
  sender_.reset();
  StartSender();
  node_->WaitForSubmissions(2);
  EXPECT_EQ(node_->submissions()[1].envelope().request_id(), id);
  EXPECT_EQ(node_->submissions()[1].envelope().deadline().seconds(),
            node_->submissions()[0].envelope().deadline().seconds());
  node_->Send(*AnswerTo(node_->submissions()[0]));
  node_->WaitForAcknowledgement(id);
  EXPECT_THAT(taken(), ::testing::ElementsAre("one -> yes"));
}

TEST_F(OutboxSenderTest, QuestionIsAnsweredOrEndsByItsDeadlineAndKeepsNothing) {
  StartSender();
  std::vector<std::string> outcomes;
  CondVar told;
  size_t expected = 0;
  const auto ask = [&](absl::Duration deadline) {
    ++expected;
    sender_->Ask({.to_region = "510000", .operation = "/a.B/C", .purpose = "P-CHILD", .payload = "who"},
                 deadline, [&](absl::StatusOr<std::string> payload) {
                   MutexLock lock(mu_);
                   const auto reason = ReasonOf(payload.status());
                   outcomes.push_back(payload.ok() ? *payload : std::string(ReasonName(*reason)));
                   told.NotifyAll();
                 });
    MutexLock lock(mu_);
    while (outcomes.size() < expected) ASSERT_TRUE(told.WaitFor(mu_, 60'000));
  };
  ask(absl::Seconds(60));
  Do([](const auto& submission) { return AnswerTo(submission, MakeError(Reason::PURPOSE_DENIED)); });
  ask(absl::Seconds(60));
  Do([](const auto&) { return nullptr; });
  ask(absl::Milliseconds(100));
  EXPECT_THAT(outcomes, ::testing::ElementsAre("yes", "PURPOSE_DENIED", "DEADLINE_PASSED"));
  EXPECT_TRUE(store_->Due(clock_.Now(), "", 10)->empty());
}

TEST_F(OutboxSenderTest, QuestionEndsWithTheSender) {
  Do([](const auto&) { return nullptr; });
  StartSender();
  absl::Status end;
  sender_->Ask({.to_region = "510000", .operation = "/a.B/C", .purpose = "P-CHILD", .payload = "who"},
               absl::Minutes(10),
               [&](const absl::StatusOr<std::string>& payload) { end = payload.status(); });
  sender_.reset();
  EXPECT_TRUE(HasReason(end, Reason::SHUTTING_DOWN)) << end;
}

}  // namespace
}  // namespace chuanyu
