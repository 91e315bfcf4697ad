// The gRPC side of one connection of a LinkSender: turns the callbacks into things that one thread waits for.
// Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "chuanyu/exchange/v1/peer.grpc.pb.h"
#include "common/base/mutex.h"

namespace chuanyu::exchange {

// Owned by the sender's thread, which calls Wait before it destroys the stream.
class ClientStream final : public grpc::ClientBidiReactor<v1::LinkFrame, v1::LinkReply> {
 public:
  // `notify` is called whenever something changed, with the stream's lock held: it may take locks of the
  // owner, so the owner must not call the stream while it holds them.
  ClientStream(v1::Peer::Stub& stub, std::function<void()> notify);

  // At most one frame is on its way at a time.
  bool CanWrite() const ABSL_LOCKS_EXCLUDED(mu_);
  void Write(v1::LinkFrame frame) ABSL_LOCKS_EXCLUDED(mu_);
  std::optional<v1::LinkReply> TakeReply() ABSL_LOCKS_EXCLUDED(mu_);
  // The end of the stream, once it has come.
  std::optional<absl::Status> Ended() const ABSL_LOCKS_EXCLUDED(mu_);
  // Cancels the call and waits until gRPC has let go of the stream.
  void CancelAndWait() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;

  grpc::ClientContext context_;
  const std::function<void()> notify_;
  mutable Mutex mu_;
  CondVar ended_cv_;
  v1::LinkFrame writing_ ABSL_GUARDED_BY(mu_);
  v1::LinkReply reading_ ABSL_GUARDED_BY(mu_);
  bool write_pending_ ABSL_GUARDED_BY(mu_) = false;
  bool broken_ ABSL_GUARDED_BY(mu_) = false;
  std::deque<v1::LinkReply> replies_ ABSL_GUARDED_BY(mu_);
  std::optional<absl::Status> ended_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu::exchange
