#include "services/exchange/link/client_stream.h"

#include <utility>

#include "common/rpc/error_details.h"

namespace chuanyu::exchange {

ClientStream::ClientStream(v1::Peer::Stub& stub, std::function<void()> notify) : notify_(std::move(notify)) {
  // A peer that is away must not fail the sender's first write: the sender has its own backoff.
  context_.set_wait_for_ready(false);
  MutexLock lock(mu_);
  stub.async()->Link(&context_, this);
  StartRead(&reading_);
  StartCall();
}

bool ClientStream::CanWrite() const {
  MutexLock lock(mu_);
  return !write_pending_ && !broken_ && !ended_;
}

void ClientStream::Write(v1::LinkFrame frame) {
  MutexLock lock(mu_);
  if (write_pending_ || broken_ || ended_) return;
  writing_ = std::move(frame);
  write_pending_ = true;
  StartWrite(&writing_);
}

std::optional<v1::LinkReply> ClientStream::TakeReply() {
  MutexLock lock(mu_);
  if (replies_.empty()) return std::nullopt;
  v1::LinkReply reply = std::move(replies_.front());
  replies_.pop_front();
  return reply;
}

std::optional<absl::Status> ClientStream::Ended() const {
  MutexLock lock(mu_);
  return ended_;
}

void ClientStream::CancelAndWait() {
  context_.TryCancel();
  MutexLock lock(mu_);
  while (!ended_) ended_cv_.Wait(mu_);
}

void ClientStream::OnReadDone(bool ok) {
  MutexLock lock(mu_);
  if (!ok) {
    broken_ = true;  // OnDone follows with the reason
  } else {
    replies_.push_back(std::move(reading_));
    reading_.Clear();
    StartRead(&reading_);
  }
  notify_();
}

void ClientStream::OnWriteDone(bool ok) {
  MutexLock lock(mu_);
  write_pending_ = false;
  if (!ok) broken_ = true;
  notify_();
}

void ClientStream::OnDone(const grpc::Status& status) {
  const absl::Status ended = rpc::FromGrpc(status);
  // All under the lock: the owner destroys the stream once CancelAndWait has seen the end.
  MutexLock lock(mu_);
  ended_ = ended.ok() ? absl::UnavailableError("the peer ended the stream") : ended;
  notify_();
  ended_cv_.NotifyAll();
}

}  // namespace chuanyu::exchange
