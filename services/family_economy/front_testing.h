// The family economy service for tests: real TLS on unix sockets, SQLite in a temporary folder, and an
// exchange node that does what the test says. Everything about people is synthetic.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "chuanyu/exchange/v1/exchange.grpc.pb.h"
#include "common/errors/error.h"
#include "common/exchange_client/fake_node_testing.h"
#include "common/rpc/channel.h"
#include "common/rpc/error_details.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "grpcpp/channel.h"
#include "gtest/gtest.h"
#include "services/family_economy/front.h"
#include "services/family_economy/remote.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {

// NO_HIT for every class, and for A10 what `assistance` says.
inline v1::QueryStatusResponse AnswerTo(const v1::QueryStatusRequest& question,
                                        v1::AssistanceType assistance = v1::ASSISTANCE_TYPE_UNSPECIFIED) {
  v1::QueryStatusResponse response;
  for (const int data_class : question.classes()) {
    v1::ClassResult& result = *response.add_results();
    result.set_data_class(static_cast<v1::DataClass>(data_class));
    result.set_state(v1::RESULT_STATE_NO_HIT);
    if (data_class != v1::DATA_CLASS_A10_ASSISTANCE || assistance == v1::ASSISTANCE_TYPE_UNSPECIFIED)
      continue;
    result.set_state(v1::RESULT_STATE_HIT);
    v1::Assistance& item = *result.add_items()->mutable_assistance();
    item.set_type(assistance);
    item.mutable_from_month()->set_value("2025-07");
    item.mutable_region()->set_code(kSichuan);
  }
  return response;
}

inline std::unique_ptr<exchange::v1::Answer> Answered(
    const exchange::v1::Submission& submission,
    v1::AssistanceType assistance = v1::ASSISTANCE_TYPE_UNSPECIFIED) {
  v1::QueryStatusRequest question;
  EXPECT_TRUE(question.ParseFromString(submission.payload()));
  auto answer = std::make_unique<exchange::v1::Answer>();
  answer->set_request_id(submission.envelope().request_id());
  answer->set_payload(AnswerTo(question, assistance).SerializeAsString());
  return answer;
}

class FrontFixture : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pki_ = new rpc::TestPki(
        {"500000/exchange/node/node", "500000/mzj/family-economy/system", "500000/county/platform/system",
         "500000/town/window/system", "500000/ops/duty/operator", "510000/county/platform/system",
         "500000/county/desk/system", "500000/town/desk/system", "500000/audit/desk/auditor"});
  }
  static void TearDownTestSuite() {
    delete pki_;
    pki_ = nullptr;
  }

  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-front-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    node_ = std::make_unique<FakeNode>([this](const auto& submission) { return script_(submission); });
    sealer_ = *crypto::Sealer::Create(crypto::SealSuite::kSm4CtrHmacSm3,
                                      std::string(crypto::kSealKeyBytes, 'k'), "test");
    indexer_ = *crypto::BlindIndexer::Create(std::string(32, 'i'));
  }
  void TearDown() override {
    StopService();
    StopNode();
    std::filesystem::remove_all(folder_);
  }

  void StartNode() {
    auto server = rpc::Server::Start({.listen = {"unix:" + folder_ + "/node.sock"},
                                      .tls = pki_->Files("500000/exchange/node"),
                                      .reflection = false},
                                     {node_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    node_server_ = *std::move(server);
  }
  void StopNode() { node_server_.reset(); }

  void StartService(const std::function<std::unique_ptr<WorkerPool>()>& workers = [] {
    return std::make_unique<WorkerPool>();
  }) {
    auto pool = sql::Pool::Open({.url = "sqlite3://db=" + folder_ + "/cases.db"});
    ASSERT_TRUE(pool.ok()) << pool.status();
    pool_ = *std::move(pool);
    auto store = CaseStore::Open(*pool_, *sealer_, {.propose = propose_, .plan = plan_});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    auto channel = rpc::OpenChannel({.target = "unix:" + folder_ + "/node.sock",
                                     .tls = pki_->Files("500000/mzj/family-economy"),
                                     .server_spiffe = "spiffe://500000.chuanyu/exchange/node"});
    ASSERT_TRUE(channel.ok()) << channel.status();
    remote_ = std::make_unique<Remote>(*store_, clock_, *channel,
                                       Remote::Options{.own_region = kChongqing,
                                                       .tick = absl::Milliseconds(20),
                                                       .client = {.min_backoff = absl::Milliseconds(5),
                                                                  .max_backoff = absl::Milliseconds(20)}},
                                       [this](const std::string& number) { watchers_.Notify(number); });
    rounds_ = std::make_unique<Rounds>(
        Rounds::Deps{.own_region = kChongqing,
                     .peer_regions = {kSichuan},
                     .ask_own = [this](const auto& question,
                                       const std::string& purpose) { return ask_own_(question, purpose); },
                     .calendar = TestCalendar()});
    const AskPeer ask_peer = [this](const auto& verification, const auto& id, const auto& payload) {
      remote_->Ask(verification, id, payload);
    };
    cases_ = std::make_unique<Cases>(
        CasesDeps{*store_, TestDivisions(), *indexer_, clock_, kChongqing, *rounds_, ask_peer});
    acts_ = std::make_unique<Acts>(ActsDeps{*store_, TestDivisions(), *indexer_, clock_, kChongqing, *rounds_,
                                            ask_peer, [this](const std::string& number) {
                                              watchers_.Notify(number);
                                              remote_->Wake();
                                            }});
    listing_ = std::make_unique<Listing>(*store_, *indexer_, clock_);
    open_questions_ = std::make_unique<OpenQuestionList>(*store_, *indexer_, clock_, kChongqing);
    audit_ = AuditStore::Open(*pool_, *sealer_, *indexer_).value();
    reveals_ =
        std::make_unique<RevealDesk>(RevealDesk::Deps{*store_, *audit_, *indexer_, clock_, {"county/desk"}});
    workers_ = workers();
    front_ =
        std::make_unique<Front>(FrontDeps{*cases_, *acts_, *listing_, *open_questions_, *store_, watchers_,
                                          *workers_, *reveals_, TestDivisions(), clock_, kChongqing});
    auto server = rpc::Server::Start({.listen = {"unix:" + folder_ + "/front.sock"},
                                      .tls = pki_->Files("500000/mzj/family-economy"),
                                      .reflection = false},
                                     {front_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void StopService() {
    if (front_ != nullptr) front_->Drain();
    if (server_ != nullptr) server_->Shutdown(absl::Seconds(10));
    if (remote_ != nullptr) remote_->Stop();
    if (workers_ != nullptr) workers_->Stop();
    server_.reset();
    front_.reset();
    reveals_.reset();
    audit_.reset();
    open_questions_.reset();
    listing_.reset();
    acts_.reset();
    cases_.reset();
    rounds_.reset();
    remote_.reset();
    workers_.reset();
    store_.reset();
    pool_.reset();
  }
  void Start() {
    StartNode();
    StartService();
  }

  std::unique_ptr<v1::FamilyEconomy::Stub> Stub(const std::string& who = "500000/county/platform") {
    auto channel = rpc::OpenChannel({.target = "unix:" + folder_ + "/front.sock",
                                     .tls = pki_->Files(who),
                                     .server_spiffe = "spiffe://500000.chuanyu/mzj/family-economy"});
    EXPECT_TRUE(channel.ok()) << channel.status();
    return v1::FamilyEconomy::NewStub(*channel);
  }

  absl::StatusOr<v1::Verification> Create(const v1::CreateVerificationRequest& request,
                                          const std::string& who = "500000/county/platform") {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    v1::CreateVerificationResponse response;
    const grpc::Status status = Stub(who)->CreateVerification(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response.verification();
  }
  absl::StatusOr<v1::Verification> Get(const std::string& number, v1::VerificationView view = {},
                                       const std::string& who = "500000/county/platform") {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    v1::GetVerificationRequest request;
    request.set_verification_no(number);
    request.set_view(view);
    v1::GetVerificationResponse response;
    const grpc::Status status = Stub(who)->GetVerification(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response.verification();
  }
  // Watches until the call ends; the states in order.
  absl::StatusOr<std::vector<v1::Verification>> Watch(const std::string& number) {
    auto stub = Stub();
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    v1::WatchVerificationRequest request;
    request.set_verification_no(number);
    auto reader = stub->WatchVerification(&context, request);
    std::vector<v1::Verification> seen;
    v1::WatchVerificationResponse response;
    while (reader->Read(&response)) seen.push_back(response.verification());
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return rpc::FromGrpc(status);
    return seen;
  }
  // The check once nothing more is awaited.
  v1::Verification Final(const std::string& number) {
    const auto seen = Watch(number);
    EXPECT_TRUE(seen.ok()) << seen.status();
    return seen.ok() && !seen->empty() ? seen->back() : v1::Verification();
  }

  static inline rpc::TestPki* pki_ = nullptr;
  std::string folder_;
  FakeClock clock_{TestNow()};
  FakeNode::Script script_ = [](const auto& submission) { return Answered(submission); };
  AskOwnRegisters ask_own_ = [](const auto& question, const std::string&) { return AnswerTo(question); };
  std::function<v1::Proposal(const v1::Verification&)> propose_;  // as CaseStore::Options
  std::function<void(v1::Verification*)> plan_;                   // likewise
  std::unique_ptr<FakeNode> node_;
  std::unique_ptr<rpc::Server> node_server_;
  std::unique_ptr<crypto::Sealer> sealer_;
  std::unique_ptr<crypto::BlindIndexer> indexer_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<CaseStore> store_;
  Watchers watchers_;
  std::unique_ptr<Remote> remote_;
  std::unique_ptr<Rounds> rounds_;
  std::unique_ptr<Cases> cases_;
  std::unique_ptr<Acts> acts_;
  std::unique_ptr<Listing> listing_;
  std::unique_ptr<OpenQuestionList> open_questions_;
  std::unique_ptr<AuditStore> audit_;
  std::unique_ptr<RevealDesk> reveals_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<Front> front_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace chuanyu::family_economy
