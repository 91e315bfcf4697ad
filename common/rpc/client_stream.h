// A bidirectional stream of batches as a gRPC callback reactor, from the client's side. At most one write is
// on its way; what comes meanwhile travels with the next one.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "common/base/mutex.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/client_callback.h"

namespace chuanyu::rpc {

template <typename Request, typename Response>
class ClientStream final : public grpc::ClientBidiReactor<Request, Response> {
 public:
  struct Hooks {
    // Fills the next request; false when there is nothing to send. Called under the stream's mutex.
    std::function<bool(Request&)> fill;
    // Takes what the server sent.
    std::function<void(Response&)> take;
    // The stream has ended, and how; gRPC does not use it any more, so it may be destroyed from now on.
    std::function<void(const grpc::Status&)> done;
  };

  // `start` begins the call of the stub's method with this context and reactor. With `wait_for_ready` the
  // stream waits for a server that cannot be reached instead of failing: the channel reconnects with its own
  // backoff.
  template <typename StartT>
  ClientStream(StartT start, bool wait_for_ready, Hooks hooks) : hooks_(std::move(hooks)) {
    context_.set_wait_for_ready(wait_for_ready);
    start(&context_, this);
    // Writes start outside of reactions (Wake), so gRPC must not finish the stream before Close says so.
    this->AddHold();
    this->StartRead(&response_);
    this->StartCall();
  }

  // Something waits to be sent. Thread-safe.
  void Wake() ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    WriteIfReady();
  }
  // Ends the stream; `done` follows. Thread-safe.
  void Cancel() { context_.TryCancel(); }
  // Whether the server ever sent something. Thread-safe.
  bool carried() const { return carried_; }

 private:
  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    writing_ = false;
    if (ok) WriteIfReady();
    // When not ok the stream is broken, and the pending read fails and closes it.
  }

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_) {
    if (ok) {
      carried_ = true;
      hooks_.take(response_);
      response_.Clear();
      this->StartRead(&response_);
      return;
    }
    // No write will start any more; lets gRPC finish the stream once none runs.
    MutexLock lock(mu_);
    closed_ = true;
    this->RemoveHold();
  }

  void OnDone(const grpc::Status& status) override {
    const auto done =
        hooks_.done;  // the owner may destroy this stream, and hooks_ with it, before the call returns
    done(status);
  }

  void WriteIfReady() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (closed_ || writing_ || !hooks_.fill(request_)) return;
    writing_ = true;
    this->StartWrite(&request_);
  }

  const Hooks hooks_;
  grpc::ClientContext context_;
  Response response_;  // gRPC's between StartRead and OnReadDone
  std::atomic<bool> carried_ = false;

  Mutex mu_;
  Request request_ ABSL_GUARDED_BY(mu_);  // gRPC's while writing_
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace chuanyu::rpc
