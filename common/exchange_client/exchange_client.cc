#include "common/exchange_client/exchange_client.h"

#include <grpcpp/channel.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "common/base/mutex.h"
#include "common/errors/error.h"
#include "common/exchange_client/open_stream.h"
#include "common/exchange_client/outbox.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "common/telemetry/log.h"

namespace chuanyu {

using exchange::v1::OpenRequest;
using exchange::v1::OpenResponse;

bool MayBeTakenLater(const absl::Status& refusal) {
  if (HasReason(refusal, Reason::MSG_CLOCK_SKEW) || !ReasonOf(refusal)) return true;
  switch (refusal.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kInternal:
      return true;
    default:
      return false;
  }
}

// Lock order: the stream's mutex, then mu_. The stream asks for a batch under its own mutex, so mu_ is never
// held while a stream is called.
class ExchangeClient::Impl {
 public:
  Impl(std::shared_ptr<grpc::Channel> channel, const ExchangeClientOptions& options, AnswerCallback on_answer)
      : options_(options),
        on_answer_(std::move(on_answer)),
        stub_(exchange::v1::Exchange::NewStub(std::move(channel))),
        outbox_(options),
        keeper_([this] { KeepStream(); }) {}

  absl::Status Submit(exchange::v1::Submission submission, ReceiptCallback on_receipt) {
    {
      MutexLock lock(mu_);
      if (stopping_) return MakeError(Reason::SHUTTING_DOWN);
      if (absl::Status s = outbox_.Add(std::move(submission), std::move(on_receipt)); !s.ok()) return s;
    }
    WakeStream();
    return absl::OkStatus();
  }

  void Withdraw(const std::string& request_id) {
    ReceiptCallback callback;
    bool on_its_way = false;
    {
      MutexLock lock(mu_);
      callback = outbox_.TakeBack(request_id);
      on_its_way = outbox_.Has(request_id);
    }
    if (callback != nullptr) return callback(Withdrawn());
    // A stream that waits for the node holds what it will send first thing, so it must not come to that. What
    // else it holds goes out on the next one.
    const auto stream = on_its_way ? Stream() : nullptr;
    if (stream != nullptr && !stream->carried()) stream->Cancel();
  }

  void Acknowledge(std::string request_id) {
    {
      MutexLock lock(mu_);
      if (stopping_) return;
      outbox_.AddAcknowledgement(std::move(request_id));
    }
    WakeStream();
  }

  size_t in_flight() const {
    MutexLock lock(mu_);
    return outbox_.in_flight();
  }

  void Shutdown() {
    {
      MutexLock lock(mu_);
      stopping_ = true;
      changed_.NotifyAll();
    }
    CancelStream();
    MutexLock joining(join_mu_);
    if (keeper_.joinable()) keeper_.join();
  }

  exchange::v1::Exchange::Stub& stub() { return *stub_; }

 private:
  static absl::Status Withdrawn() { return MakeError(Reason::STATE_CONFLICT, {.detail = "withdrawn"}); }

  // Runs on keeper_: one stream after the other until Shutdown.
  void KeepStream() {
    absl::Duration backoff = options_.min_backoff;
    while (RunOneStream(backoff)) {
    }
    std::vector<ReceiptCallback> abandoned;
    {
      MutexLock lock(mu_);
      abandoned = outbox_.Abandon();
    }
    for (const ReceiptCallback& callback : abandoned) callback(MakeError(Reason::SHUTTING_DOWN));
  }

  // False when the client stops.
  bool RunOneStream(absl::Duration& backoff) {
    std::vector<ReceiptCallback> taken_back;
    {
      MutexLock lock(mu_);
      if (stopping_) return false;
      taken_back = outbox_.SendAllAgain();
      stream_done_ = false;
    }
    for (const ReceiptCallback& callback : taken_back) callback(Withdrawn());
    auto stream = StartOpenStream(
        *stub_, OpenStream::Hooks{.fill = [this](OpenRequest& request) { return Fill(request); },
                                  .take = [this](OpenResponse& response) { Take(response); },
                                  .done = [this](const grpc::Status& status) { StreamDone(status); }});
    SetStream(stream);
    stream->Wake();
    WaitForStreamDone();
    SetStream(nullptr);
    backoff = stream->carried() ? options_.min_backoff : std::min(backoff * 2, options_.max_backoff);
    return SleepUnlessStopping(backoff);
  }

  void SetStream(const std::shared_ptr<OpenStream>& stream) {
    std::shared_ptr<OpenStream> old;  // destroyed outside of the lock
    bool cancel = false;
    {
      MutexLock lock(stream_mu_);
      old = std::exchange(stream_, stream);
      MutexLock state(mu_);
      cancel = stopping_;
    }
    // Shutdown may have looked for a stream before there was one.
    if (stream != nullptr && cancel) stream->Cancel();
  }

  std::shared_ptr<OpenStream> Stream() {
    MutexLock lock(stream_mu_);
    return stream_;
  }
  void WakeStream() {
    if (const auto stream = Stream()) stream->Wake();
  }
  void CancelStream() {
    if (const auto stream = Stream()) stream->Cancel();
  }

  void WaitForStreamDone() {
    MutexLock lock(mu_);
    while (!stream_done_) changed_.Wait(mu_);
  }

  bool SleepUnlessStopping(absl::Duration duration) {
    const absl::Time until = absl::Now() + duration;
    MutexLock lock(mu_);
    while (!stopping_) {
      const int64_t left_ms = absl::ToInt64Milliseconds(until - absl::Now());
      if (left_ms <= 0) return true;
      changed_.WaitFor(mu_, static_cast<long>(left_ms));
    }
    return false;
  }

  bool Fill(OpenRequest& request) {
    MutexLock lock(mu_);
    return !stopping_ && outbox_.TakeBatch(request);
  }

  void Take(OpenResponse& response) {
    for (exchange::v1::Receipt& receipt : *response.mutable_receipts()) {
      if (const auto callback = Settle(receipt.request_id())) callback(std::move(receipt));
    }
    for (const exchange::v1::Rejection& rejection : response.rejections()) {
      const auto callback = Settle(rejection.request_id());
      if (callback == nullptr) continue;
      absl::Status why = StatusFromProto(rejection.status());
      if (why.ok()) why = MakeError(Reason::INTERNAL, {.detail = "rejection without a reason"});
      callback(std::move(why));
    }
    for (exchange::v1::Answer& answer : *response.mutable_answers()) on_answer_(std::move(answer));
  }

  ReceiptCallback Settle(const std::string& request_id) {
    MutexLock lock(mu_);
    return outbox_.Settle(request_id);
  }

  void StreamDone(const grpc::Status& status) {
    MutexLock lock(mu_);
    if (!stopping_) {
      const std::optional<Reason> reason = ReasonOf(rpc::FromGrpc(status));
      LogEvent(
          Severity::kWarning, "exchange_stream_ended",
          {{"code", static_cast<int>(status.error_code())}, {"reason", reason ? ReasonName(*reason) : ""}});
    }
    stream_done_ = true;
    changed_.NotifyAll();
  }

  const ExchangeClientOptions options_;
  const AnswerCallback on_answer_;
  const std::unique_ptr<exchange::v1::Exchange::Stub> stub_;

  Mutex stream_mu_;
  std::shared_ptr<OpenStream> stream_ ABSL_GUARDED_BY(stream_mu_);

  mutable Mutex mu_;
  CondVar changed_;  // stopping_ or stream_done_ became true
  Outbox outbox_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  bool stream_done_ ABSL_GUARDED_BY(mu_) = false;

  Mutex join_mu_;
  std::thread keeper_ ABSL_GUARDED_BY(join_mu_);  // last: uses everything above
};

ExchangeClient::ExchangeClient(std::shared_ptr<grpc::Channel> channel, const ExchangeClientOptions& options,
                               AnswerCallback on_answer)
    : impl_(std::make_unique<Impl>(std::move(channel), options, std::move(on_answer))) {}

ExchangeClient::~ExchangeClient() { impl_->Shutdown(); }

absl::Status ExchangeClient::Submit(exchange::v1::Submission submission, ReceiptCallback on_receipt) {
  return impl_->Submit(std::move(submission), std::move(on_receipt));
}

void ExchangeClient::Withdraw(const std::string& request_id) { impl_->Withdraw(request_id); }

void ExchangeClient::Acknowledge(std::string request_id) { impl_->Acknowledge(std::move(request_id)); }

size_t ExchangeClient::in_flight() const { return impl_->in_flight(); }

void ExchangeClient::Shutdown() { impl_->Shutdown(); }

absl::StatusOr<exchange::v1::RequestView> ExchangeClient::GetRequest(const std::string& request_id,
                                                                     absl::Duration timeout) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, absl::Now() + timeout);
  exchange::v1::GetRequestRequest request;
  exchange::v1::GetRequestResponse response;
  request.set_request_id(request_id);
  const grpc::Status status = impl_->stub().GetRequest(&context, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  return std::move(*response.mutable_request());
}

absl::StatusOr<uint64_t> ExchangeClient::AnswerDeferred(const exchange::v1::AnswerDeferredRequest& answer,
                                                        absl::Duration timeout) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, absl::Now() + timeout);
  exchange::v1::AnswerDeferredResponse response;
  const grpc::Status status = impl_->stub().AnswerDeferred(&context, answer, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  return response.journal_index();
}

absl::StatusOr<exchange::v1::RequestState> ExchangeClient::Cancel(const std::string& request_id,
                                                                  absl::Duration timeout) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, absl::Now() + timeout);
  exchange::v1::CancelRequestRequest request;
  exchange::v1::CancelRequestResponse response;
  request.set_request_id(request_id);
  const grpc::Status status = impl_->stub().CancelRequest(&context, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  return response.state();
}

}  // namespace chuanyu
