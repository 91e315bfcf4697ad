// One call that tells a thing as it is, and again after each change, without a thread of its own. While a
// message is on its way changes only set a mark, so a slow reader gets the newest state and costs nothing
// meanwhile.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/base/worker_pool.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/service/watchers.h"

namespace chuanyu {

struct WatchingDeps {
  Watchers& watchers;
  WorkerPool& workers;
  std::shared_ptr<const std::atomic<bool>> draining;  // ends the call when true and woken
};

// Thread-safe.
template <typename Response>
class Watching : public grpc::ServerWriteReactor<Response>,
                 public std::enable_shared_from_this<Watching<Response>> {
 public:
  // What a look found.
  struct Seen {
    int64_t version = 0;
    bool final = false;  // will not change by itself any more: the call ends with it
    bool more = false;   // another look finds more already
    Response response;
  };

  // The call owns itself until gRPC is done with it.
  static Watching* Start(std::shared_ptr<Watching> call) {
    call->self_ = call;
    // Listening first, looking second: a change in between is not missed.
    call->ticket_ = call->deps_.watchers.Add(call->name_, [weak = std::weak_ptr<Watching>(call)] {
      if (const auto watching = weak.lock()) watching->Changed();
    });
    call->Changed();
    return call.get();
  }

  void OnWriteDone(bool ok) override {
    MutexLock lock(mu_);
    if (ended_) return;
    if (!ok) return End(grpc::Status::CANCELLED);
    if (final_) return End(grpc::Status::OK);
    busy_ = false;
    if (dirty_) PostLook();
  }
  void OnCancel() override {
    MutexLock lock(mu_);
    if (!ended_) End(grpc::Status::CANCELLED);
  }
  void OnDone() override {
    deps_.watchers.Remove(name_, ticket_);
    const std::shared_ptr<Watching> last = std::move(self_);
  }

 protected:
  // `name`: what changes are told under.
  Watching(WatchingDeps deps, std::string name) : deps_(std::move(deps)), name_(std::move(name)) {}

  // On a worker; may block.
  virtual absl::StatusOr<Seen> Read() const = 0;

 private:
  void Changed() ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    if (ended_) return;
    if (deps_.draining->load()) return End(rpc::ToGrpc(MakeError(Reason::SHUTTING_DOWN)));
    if (busy_) {
      dirty_ = true;
      return;
    }
    PostLook();
  }
  void PostLook() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    busy_ = true;
    dirty_ = false;
    if (!deps_.workers.Post([self = this->shared_from_this()] { self->Look(); })) {
      End(rpc::ToGrpc(MakeError(Reason::QUOTA, {.detail = "the service is overloaded"})));
    }
  }
  void Look() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::StatusOr<Seen> seen = Read();
    MutexLock lock(mu_);
    if (ended_) return;
    if (!seen.ok()) return End(rpc::ToGrpc(seen.status()));
    if (seen->version > version_) {
      version_ = seen->version;
      final_ = seen->final;
      dirty_ = dirty_ || seen->more;
      response_ = std::move(seen->response);
      return this->StartWrite(&response_);
    }
    busy_ = false;
    if (dirty_) PostLook();
  }
  void End(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    ended_ = true;
    this->Finish(status);
  }

  const WatchingDeps deps_;
  const std::string name_;
  std::shared_ptr<Watching> self_;  // until OnDone
  uint64_t ticket_ = 0;

  Mutex mu_;
  bool busy_ ABSL_GUARDED_BY(mu_) = false;   // a look or a write is under way
  bool dirty_ ABSL_GUARDED_BY(mu_) = false;  // changed since that began
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  bool final_ ABSL_GUARDED_BY(mu_) = false;  // what was written last will not change
  int64_t version_ ABSL_GUARDED_BY(mu_) = 0;
  Response response_;  // belongs to the write under way
};

// A call that is over before it began.
template <typename Response>
class RefusedWatching final : public grpc::ServerWriteReactor<Response> {
 public:
  explicit RefusedWatching(const absl::Status& why) { this->Finish(rpc::ToGrpc(why)); }
  void OnDone() override { delete this; }
};

}  // namespace chuanyu
