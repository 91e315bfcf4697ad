// A generic service and its client for the tests of this folder: what a real service does, without a schema.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/rpc/channel.h"
#include "grpcpp/generic/async_generic_service.h"

namespace chuanyu::rpc {

// A latch that ThreadSanitizer sees.
class Signal {
 public:
  // Idempotent.
  void Notify() {
    MutexLock lock(mu_);
    set_ = true;
    cv_.NotifyAll();
  }
  void Wait() {
    MutexLock lock(mu_);
    while (!set_) cv_.Wait(mu_);
  }

 private:
  Mutex mu_;
  CondVar cv_;
  bool set_ ABSL_GUARDED_BY(mu_) = false;
};

// Methods: "/test/Echo" returns the request, "/test/WhoAmI" the caller ("spiffe://... role not_after"),
// "/test/Fail" the error ID_CHECK with field and detail, "/test/Leak" an error of foreign origin, and
// "/test/Hold" returns the request once `release` is notified or the call is cancelled.
class TestService final : public grpc::CallbackGenericService {
 public:
  ~TestService() override;
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

  // Runs `work` beside the callbacks, which must not block; joined by the destructor.
  void Run(std::function<void()> work);

  Signal held;     // a Hold call has arrived
  Signal release;  // let it finish

 private:
  Mutex mu_;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mu_);
};

// One unary call; fails the way FromGrpc says. Waits up to a minute.
absl::StatusOr<std::string> Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                                 const std::string& request = "");

}  // namespace chuanyu::rpc
