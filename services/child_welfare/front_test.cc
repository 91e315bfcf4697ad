// The front over a real server: what a caller is told when the service has too much to do, or ends.
#include "services/child_welfare/front.h"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "common/base/worker_pool.h"
#include "common/base/worker_pool_testing.h"
#include "common/rpc/channel.h"
#include "common/rpc/error_details.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "gtest/gtest.h"
#include "services/child_welfare/service_testing.h"

namespace chuanyu::child_welfare {
namespace {

class FrontTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pki_ = new rpc::TestPki({"500000/mzj/child-welfare/system", "500000/county/platform/system"});
  }
  static void TearDownTestSuite() {
    delete pki_;
    pki_ = nullptr;
  }
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-front-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    front_ = std::make_unique<Front>(FrontDeps{.applications = regions_.cq().applications(),
                                               .acts = regions_.cq().acts(),
                                               .recognitions = regions_.cq().recognitions(),
                                               .watching = {watchers_, workers_, draining_},
                                               .own_region = "500000"});
    auto server = rpc::Server::Start({.listen = {"unix:" + folder_ + "/front.sock"},
                                      .tls = pki_->Files("500000/mzj/child-welfare"),
                                      .reflection = false},
                                     {front_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    auto channel = rpc::OpenChannel({.target = "unix:" + folder_ + "/front.sock",
                                     .tls = pki_->Files("500000/county/platform"),
                                     .server_spiffe = "spiffe://500000.chuanyu/mzj/child-welfare"});
    ASSERT_TRUE(channel.ok()) << channel.status();
    stub_ = v1::ChildWelfare::NewStub(*channel);
  }
  void TearDown() override {
    stub_.reset();
    server_.reset();
    workers_.Stop();
    std::filesystem::remove_all(folder_);
  }
  std::string Get() {
    grpc::ClientContext context;
    v1::GetApplicationRequest request;
    request.set_application_no("CQ-B-500109-20260302-00000001");
    v1::GetApplicationResponse response;
    return ReasonText(rpc::FromGrpc(stub_->GetApplication(&context, request, &response)));
  }
  // How watching ends at once.
  std::string Watch() {
    grpc::ClientContext context;
    const auto reader = stub_->WatchRecognitions(&context, {});
    v1::WatchRecognitionsResponse response;
    while (reader->Read(&response)) {
    }
    return ReasonText(rpc::FromGrpc(reader->Finish()));
  }

  static inline rpc::TestPki* pki_ = nullptr;
  TwoRegions regions_{sql::Dialect::kSqlite};
  Watchers watchers_;
  WorkerPool workers_{1, 1};
  std::shared_ptr<std::atomic<bool>> draining_ = std::make_shared<std::atomic<bool>>(false);
  std::string folder_;
  std::unique_ptr<Front> front_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<v1::ChildWelfare::Stub> stub_;
};

TEST_F(FrontTest, RefusesWhatItHasNoWorkerFor) {
  EXPECT_EQ(Get(), "CASE_NOT_FOUND");
  const BusyWorker busy(workers_);
  ASSERT_TRUE(busy.held());
  ASSERT_TRUE(workers_.Post([] {}));
  EXPECT_EQ(Get(), "QUOTA");
  EXPECT_EQ(Watch(), "QUOTA");
}

TEST_F(FrontTest, EndsWhatWatchesWhenTheServiceEnds) {
  draining_->store(true);
  EXPECT_EQ(Watch(), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace chuanyu::child_welfare
