// One bidirectional Exchange.Open stream as a gRPC callback reactor. At most one write is on its way; what
// comes meanwhile travels with the next one.
#pragma once

#include <atomic>
#include <functional>

#include "chuanyu/exchange/v1/exchange.grpc.pb.h"
#include "common/base/mutex.h"

namespace chuanyu {

class OpenStream final
    : public grpc::ClientBidiReactor<exchange::v1::OpenRequest, exchange::v1::OpenResponse> {
 public:
  struct Hooks {
    // Fills the next request; false when there is nothing to send. Called without locks of the stream's
    // users.
    std::function<bool(exchange::v1::OpenRequest&)> fill;
    // Takes what the node sent.
    std::function<void(exchange::v1::OpenResponse&)> take;
    // The stream has ended, and how; gRPC does not use it any more, so it may be destroyed from now on.
    std::function<void(const grpc::Status&)> done;
  };

  OpenStream(exchange::v1::Exchange::Stub& stub, Hooks hooks);

  // Something waits to be sent. Thread-safe.
  void Wake();
  // Ends the stream; `done` follows. Thread-safe.
  void Cancel();
  // Whether the node ever sent something. Thread-safe.
  bool carried() const { return carried_; }

 private:
  void OnWriteDone(bool ok) override;
  void OnReadDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  void WriteIfReady() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // No write will start any more; lets gRPC finish the stream once none runs.
  void Close() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Hooks hooks_;
  grpc::ClientContext context_;
  exchange::v1::OpenResponse response_;  // gRPC's between StartRead and OnReadDone
  std::atomic<bool> carried_ = false;

  Mutex mu_;
  exchange::v1::OpenRequest request_ ABSL_GUARDED_BY(mu_);  // gRPC's while writing_
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace chuanyu
