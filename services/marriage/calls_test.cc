// What a caller hears of a service that has too much to do, or is about to end: a real server over mutual TLS
// that takes the calls of this one as common/service takes all of them.
#include "common/service/calls.h"

#include <cstdlib>
#include <filesystem>

#include "chuanyu/marriage/v1/marriage.grpc.pb.h"
#include "common/errors/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/error_details.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "common/service/watching.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

namespace mr = marriage::v1;

std::string NameOf(const grpc::Status& status) {
  const auto reason = ReasonOf(rpc::FromGrpc(status));
  return reason ? std::string(ReasonName(*reason)) : status.ok() ? "OK" : status.error_message();
}

// Sees one state and then nothing new.
class OneLook final : public Watching<mr::WatchRegistrationResponse> {
 public:
  explicit OneLook(WatchingDeps deps) : Watching(std::move(deps), "one") {}

 private:
  absl::StatusOr<Seen> Read() const override { return Seen{.version = 1, .response = {}}; }
};

// How calls come in does not depend on what they ask.
class TestFront final : public mr::Marriage::CallbackService {
 public:
  explicit TestFront(size_t queued) : workers_(1, queued) {}

  grpc::ServerUnaryReactor* GetAppointment(grpc::CallbackServerContext* context,
                                           const mr::GetAppointmentRequest* request,
                                           mr::GetAppointmentResponse*) override {
    return RunForSystem(context, *request, "500000", workers_,
                        [](const Caller&) { return absl::OkStatus(); });
  }
  grpc::ServerWriteReactor<mr::WatchRegistrationResponse>* WatchRegistration(
      grpc::CallbackServerContext*, const mr::WatchRegistrationRequest*) override {
    return OneLook::Start(std::make_shared<OneLook>(WatchingDeps{watchers_, workers_, draining_}));
  }
  void Drain() {
    draining_->store(true);
    watchers_.NotifyAll();
  }

 private:
  Watchers watchers_;
  const std::shared_ptr<std::atomic<bool>> draining_ = std::make_shared<std::atomic<bool>>(false);
  WorkerPool workers_;
};

class CallsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "chuanyu-calls-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::unique_ptr<mr::Marriage::Stub> Serve(size_t queued) {
    front_ = std::make_unique<TestFront>(queued);
    const std::string target = "unix:" + folder_ + "/front.sock";
    server_ =
        rpc::Server::Start({.listen = {target}, .tls = pki_.Files("500000/mzj/marriage")}, {front_.get()})
            .value();
    return mr::Marriage::NewStub(rpc::OpenChannel({.target = target,
                                                   .tls = pki_.Files("500000/county/platform"),
                                                   .server_spiffe = "spiffe://500000.chuanyu/mzj/marriage"})
                                     .value());
  }

  const rpc::TestPki pki_{{"500000/mzj/marriage/system", "500000/county/platform/system"}};
  std::string folder_;
  std::unique_ptr<TestFront> front_;
  std::unique_ptr<rpc::Server> server_;
};

TEST_F(CallsTest, WhoComesWhenTooMuchWaitsIsToldSo) {
  const auto stub = Serve(0);
  grpc::ClientContext call;
  mr::GetAppointmentResponse response;
  EXPECT_EQ(NameOf(stub->GetAppointment(&call, {}, &response)), "QUOTA");
  grpc::ClientContext watch;
  const auto reader = stub->WatchRegistration(&watch, {});
  mr::WatchRegistrationResponse seen;
  EXPECT_FALSE(reader->Read(&seen));
  EXPECT_EQ(NameOf(reader->Finish()), "QUOTA");
}

TEST_F(CallsTest, WhoWatchesIsToldThatTheServiceEnds) {
  const auto stub = Serve(8);
  grpc::ClientContext watch;
  const auto reader = stub->WatchRegistration(&watch, {});
  mr::WatchRegistrationResponse seen;
  ASSERT_TRUE(reader->Read(&seen));
  front_->Drain();
  EXPECT_FALSE(reader->Read(&seen));
  EXPECT_EQ(NameOf(reader->Finish()), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace chuanyu
