// Uploads that the service has no room for, or no time. Synthetic.
#include "absl/time/clock.h"
#include "common/base/worker_pool_testing.h"
#include "common/errors/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/error_details.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "grpcpp/channel.h"
#include "gtest/gtest.h"
#include "services/family_economy/batch/batch_testing.h"
#include "services/family_economy/batch/batches.h"

namespace chuanyu::family_economy {
namespace {

class SubmitCallTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = rpc::Server::Start({.listen = {"unix:" + database_.folder() + "/front.sock"},
                                      .tls = pki_.Files("500000/mzj/family-economy"),
                                      .reflection = false},
                                     {&batches_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void TearDown() override {
    batches_.Drain();
    if (server_ != nullptr) server_->Shutdown(absl::Seconds(10));
    workers_.Stop();
    server_.reset();
  }
  // The whole upload of one line.
  absl::Status Submit() {
    const TestBatch batch = MakeBatch("2026-03-M", {LineOf(SyntheticNumber(1))}, 1);
    const auto channel = rpc::OpenChannel({.target = "unix:" + database_.folder() + "/front.sock",
                                           .tls = pki_.Files("500000/county/platform"),
                                           .server_spiffe = "spiffe://500000.chuanyu/mzj/family-economy"});
    EXPECT_TRUE(channel.ok()) << channel.status();
    const auto stub = v1::FamilyEconomyBatches::NewStub(*channel);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    v1::SubmitBatchResponse response;
    const auto writer = stub->SubmitBatch(&context, &response);
    v1::SubmitBatchRequest request;
    *request.mutable_manifest() = batch.manifest;
    bool open = writer->Write(request);
    *request.mutable_chunk() = batch.chunks.at(0);
    if (open) open = writer->Write(request);
    writer->WritesDone();
    return rpc::FromGrpc(writer->Finish());
  }

  rpc::TestPki pki_{{"500000/mzj/family-economy/system", "500000/county/platform/system"}};
  TestDatabase database_{sql::Dialect::kSqlite};
  FakeClock clock_{TestNow()};
  const std::unique_ptr<crypto::Sealer> sealer_ = *crypto::Sealer::Create(
      crypto::SealSuite::kSm4CtrHmacSm3, std::string(crypto::kSealKeyBytes, 'k'), "test");
  const std::unique_ptr<crypto::BlindIndexer> indexer_ = *crypto::BlindIndexer::Create(std::string(32, 'i'));
  const MatchKeys keys_ = TestKeys(database_.folder());
  const std::unique_ptr<BatchStore> store_ = BatchStore::Open(*database_.pool, *sealer_).value();
  BatchIntake intake_{BatchIntake::Deps{.store = *store_,
                                        .keys = keys_,
                                        .indexer = *indexer_,
                                        .divisions = TestDivisions(),
                                        .clock = clock_,
                                        .own_region = kChongqing,
                                        .peer_regions = {kSichuan}}};
  Watchers watchers_;
  WorkerPool workers_{1, 1};
  Batches batches_{BatchesDeps{.intake = intake_,
                               .store = *store_,
                               .watchers = watchers_,
                               .workers = workers_,
                               .clock = clock_,
                               .own_region = kChongqing,
                               .completed = [] {}}};
  std::unique_ptr<rpc::Server> server_;
};

TEST_F(SubmitCallTest, TakesAnUpload) {
  const absl::Status taken = Submit();
  EXPECT_TRUE(taken.ok()) << taken;
}

TEST_F(SubmitCallTest, IsToldToComeBackWhileEveryWorkerIsBusy) {
  const BusyWorker busy(workers_);
  ASSERT_TRUE(busy.held());
  ASSERT_TRUE(workers_.Post([] {}));
  EXPECT_TRUE(HasReason(Submit(), Reason::QUOTA));
}

TEST_F(SubmitCallTest, EndsWhenTheServiceDrains) {
  batches_.Drain();
  EXPECT_TRUE(HasReason(Submit(), Reason::SHUTTING_DOWN));
}

}  // namespace
}  // namespace chuanyu::family_economy
