// A node's intake for tests: real TLS on a unix socket, real Redis, real journal and pipeline. The peer is
// played by appending its answers. All content is synthetic.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chuanyu/exchange/v1/exchange.grpc.pb.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/redis/test_server.h"
#include "common/rpc/channel.h"
#include "common/rpc/error_details.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "services/exchange/intake/admission.h"
#include "services/exchange/intake/answer_delivery.h"
#include "services/exchange/intake/audit_service.h"
#include "services/exchange/intake/exchange_service.h"
#include "services/exchange/intake/operations_service.h"
#include "services/exchange/journal/journal_testing.h"

namespace chuanyu::exchange {

inline constexpr char kOperation[] = "/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus";
inline constexpr char kPlatform[] = "500000/county/platform";
inline constexpr char kProvider[] = "500000/mzj/family-economy";

class ExchangeFixture : public JournalFixture {
 protected:
  static void SetUpTestSuite() {
    pki_ = new rpc::TestPki({"500000/exchange/node/node", "500000/county/platform/system",
                             "500000/county/other/system", "500000/mzj/family-economy/system",
                             "500000/ops/duty/operator", "500000/audit/auditor/auditor",
                             "510000/county/platform/system"});
  }
  static void TearDownTestSuite() {
    delete pki_;
    pki_ = nullptr;
  }

  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(JournalFixture::SetUp());
    redis_ = std::make_unique<redis::TestRedis>();
    journal_ = MustOpen();
    ASSERT_NE(journal_, nullptr);
    auto tracker =
        Tracker::Open({.redis = {.unix_socket = redis_->socket()}, .shard = "500000", .origin = kTestOrigin});
    ASSERT_TRUE(tracker.ok()) << tracker.status();
    tracker_ = *std::move(tracker);
    policy_ = std::make_shared<const policy::Policy>(
        "test", "",
        std::vector<policy::Rule>{{.id = "county",
                                   .caller = "500000/county/*",
                                   .operation = kOperation,
                                   .purposes = {"P-DIBAO"},
                                   .from_region = "500000",
                                   .to_region = "510000",
                                   .requires_authorization = true}},
        std::vector<policy::Quota>{{.caller = "500000/county/other", .requests_per_second = 1, .burst = 3}});
    StartIntake();
  }

  void StartIntake() {
    pipeline_ = std::make_unique<Pipeline>(*journal_, *tracker_, clock_, Pipeline::Options{});
    pipeline_->Start();
    workers_ = std::make_unique<WorkerPool>();
    refusals_ = std::make_unique<Refusals>(*pipeline_, clock_, Refusals::Limits{});
    admission_ = std::make_unique<Admission>(
        *journal_, *tracker_, *pipeline_, *refusals_, clock_, [this] { return policy_; },
        [this] { return witness_status_; },
        Admission::Options{.own_region = "500000",
                           .ids_known_from_ms = journal_->Latest().size == 0 ? 0 : clock_.NowMs()});
    admission_->Start();
    acknowledger_ = std::make_unique<Acknowledger>(mailbox_, *tracker_, *pipeline_, *workers_);
    acts_ = std::make_unique<RequestActs>(
        *journal_, *tracker_, *pipeline_,
        [](const Submitter& caller, std::string_view) { return caller.Caller() == kProvider; });
    exchange_ = std::make_unique<ExchangeService>(
        ExchangeDeps{*journal_, *tracker_, *admission_, mailbox_, *acknowledger_, *workers_, clock_},
        *refusals_, *acts_, ExchangeService::Options{.own_region = "500000"});
    operations_ = std::make_unique<OperationsService>("500000", *journal_, *tracker_, *workers_, *refusals_,
                                                      clock_, [] { return std::vector<v1::LinkStatus>(1); });
    audit_ = std::make_unique<AuditService>("500000", *journal_, *pipeline_, *refusals_);
    auto server = rpc::Server::Start({.listen = {"unix:" + root_ + "/node.sock"},
                                      .tls = pki_->Files("500000/exchange/node"),
                                      .reflection = false},
                                     {exchange_.get(), operations_.get(), audit_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  void StopIntake() {
    if (exchange_ != nullptr) exchange_->Drain();
    if (server_ != nullptr) server_->Shutdown(absl::Seconds(5));
    if (workers_ != nullptr) workers_->Stop();
    if (admission_ != nullptr) admission_->Stop();
    if (pipeline_ != nullptr) pipeline_->Stop();
    server_.reset();
    audit_.reset();
    operations_.reset();
    exchange_.reset();
    acts_.reset();
    acknowledger_.reset();
    admission_.reset();
    refusals_.reset();
    workers_.reset();
    pipeline_.reset();
  }

  void TearDown() override {
    StopIntake();
    tracker_.reset();
    journal_.reset();
    redis_.reset();
    JournalFixture::TearDown();
  }

  std::shared_ptr<grpc::Channel> Channel(const std::string& name) {
    auto channel = rpc::OpenChannel({.target = server_->address(),
                                     .tls = pki_->Files(name),
                                     .server_spiffe = "spiffe://500000.chuanyu/exchange/node"});
    EXPECT_TRUE(channel.ok()) << channel.status();
    return *channel;
  }

  // One unary call as `who`; the response, or the error as MakeError made it.
  template <typename Service = v1::Exchange, typename Request, typename Response>
  absl::StatusOr<Response> Call(const std::string& who,
                                grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                      Response*),
                                const Request& request, absl::Duration timeout = absl::Seconds(30)) {
    auto stub = Service::NewStub(Channel(who));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    Response response;
    const grpc::Status status = ((*stub).*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  v1::Submission MakeSubmission(const std::string& payload = "synthetic question") {
    v1::Submission submission;
    v1::Envelope& envelope = *submission.mutable_envelope();
    envelope.set_request_id(ids_.Next(clock_.NowMs()));
    envelope.set_operation(kOperation);
    envelope.set_to_region("510000");
    envelope.set_purpose("P-DIBAO");
    envelope.set_legal_basis("社会救助暂行办法§58");
    envelope.set_authorization_no("SQ-2026-0001");
    envelope.mutable_sent_at()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
    envelope.mutable_deadline()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 3600);
    submission.set_payload(payload);
    return submission;
  }

  absl::StatusOr<v1::Receipt> Submit(const v1::Submission& submission, const std::string& who = kPlatform) {
    v1::SubmitRequest request;
    *request.mutable_submission() = submission;
    auto response = Call(who, &v1::Exchange::Stub::Submit, request);
    if (!response.ok()) return response.status();
    return response->receipt();
  }

  // Hands drafts to the pipeline and waits until they are tracked, as the link does for what a peer sends.
  void Append(WorkGroup group) {
    std::promise<absl::Status> tracked;
    AnswerDelivery delivery("500000", mailbox_);
    group.done = [&](const Outcome& outcome) {
      if (outcome.status.ok()) delivery.OnTracked(outcome.records, outcome.tracked);
      tracked.set_value(outcome.status);
    };
    pipeline_->Submit(std::move(group));
    const absl::Status status = tracked.get_future().get();
    ASSERT_TRUE(status.ok()) << status;
  }

  void PeerAnswers(const v1::Submission& submission, const std::string& payload,
                   const std::string& system = "county/platform") {
    WorkGroup group;
    group.drafts.push_back(
        FromPeer(v1::RECORD_KIND_ANSWER_RECEIVED, submission.envelope().request_id(), payload));
    group.drafts[0].record.set_from_region("500000");
    group.drafts[0].record.set_from_system(system);
    group.drafts[0].record.set_to_region("510000");
    group.drafts[0].record.set_outcome("OK");
    Append(std::move(group));
  }

  Draft FromPeer(v1::RecordKind kind, const std::string& request_id, const std::string& payload) {
    Draft draft;
    draft.record.set_kind(kind);
    draft.record.set_request_id(request_id);
    draft.record.set_operation(kOperation);
    draft.record.set_peer_origin(kTestPeerOrigin);
    draft.record.set_peer_index(peer_index_++);
    draft.payload = payload;
    return draft;
  }

  std::vector<v1::JournalRecord> Records(v1::RecordKind kind) {
    std::vector<v1::JournalRecord> records;
    EXPECT_TRUE(journal_
                    ->ForEach([&](const DurableRecord& record) {
                      if (record.record.kind() == kind) records.push_back(record.record);
                      return absl::OkStatus();
                    })
                    .ok());
    return records;
  }

  v1::RequestState StateOfRequest(const std::string& id, const std::string& who = kPlatform) {
    v1::GetRequestRequest request;
    request.set_request_id(id);
    const auto response = Call(who, &v1::Exchange::Stub::GetRequest, request);
    return response.ok() ? response->request().state() : v1::REQUEST_STATE_UNSPECIFIED;
  }

  static inline rpc::TestPki* pki_ = nullptr;
  UuidV7Generator ids_;
  uint64_t peer_index_ = 0;
  std::unique_ptr<redis::TestRedis> redis_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Tracker> tracker_;
  std::shared_ptr<const policy::Policy> policy_;
  absl::Status witness_status_;
  Mailbox mailbox_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<Refusals> refusals_;
  std::unique_ptr<Admission> admission_;
  std::unique_ptr<Acknowledger> acknowledger_;
  std::unique_ptr<RequestActs> acts_;
  std::unique_ptr<ExchangeService> exchange_;
  std::unique_ptr<OperationsService> operations_;
  std::unique_ptr<AuditService> audit_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace chuanyu::exchange
