#include "services/exchange/link/peer_stream.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/telemetry/log.h"
#include "services/exchange/intake/envelope.h"

namespace chuanyu::exchange {

void PeerStream::Open(std::shared_ptr<PeerStream> self) {
  MutexLock lock(mu_);
  self_ = std::move(self);
  StartRead(&frame_);
}

void PeerStream::OnReadDone(bool ok) {
  if (!ok) return End(absl::OkStatus());
  absl::Status status;
  if (number_ == 0) {
    status = frame_.has_hello()
                 ? Welcome(frame_.hello())
                 : MakeError(Reason::BAD_REQUEST, {.field = "frame", .detail = "hello comes first"});
  } else {
    status = frame_.has_batch() ? TakeBatch(frame_.batch())
                                : MakeError(Reason::BAD_REQUEST, {.field = "frame", .detail = "not a batch"});
  }
  if (!status.ok()) return End(status);
  MutexLock lock(mu_);
  if (on_their_way_ >= service_.options_.max_on_their_way) {
    read_paused_ = true;
  } else {
    ReadNext();
  }
}

absl::Status PeerStream::Welcome(const v1::LinkHello& hello) {
  CHUANYU_RETURN_IF_ERROR(
      CheckSkew(absl::FromUnixMillis(hello.clock_ms()), service_.clock_.Now(), "hello.clock_ms"));
  if (hello.origin() != log_.peer().origin) return MakeError(Reason::KEY_UNKNOWN, {.field = "hello.origin"});
  CHUANYU_ASSIGN_OR_RETURN(const WitnessState known, log_.Begin(&number_));
  MutexLock lock(mu_);
  v1::LinkWelcome& welcome = *next_.emplace().mutable_welcome();
  welcome.set_witnessed_size(known.frontier.size());
  welcome.set_witnessed_root(std::string(crypto::View(known.frontier.root())));
  welcome.set_clock_ms(service_.clock_.NowMs());
  WriteNext();
  return absl::OkStatus();
}

absl::Status PeerStream::TakeBatch(const v1::LinkBatch& batch) {
  absl::StatusOr<Inbound> inbound =
      log_.Take(number_, batch, service_.options_.own_region, *service_.policy_());
  if (HasReason(inbound.status(), Reason::LOG_FORKED)) service_.RecordFork(log_.peer());
  CHUANYU_RETURN_IF_ERROR(inbound.status());
  {
    MutexLock lock(mu_);
    ++on_their_way_;
  }
  service_.Submit(shared_from_this(), *std::move(inbound));
  return absl::OkStatus();
}

void PeerStream::BatchSettled(const absl::Status& status) {
  {
    MutexLock lock(mu_);
    --on_their_way_;
    if (read_paused_ && !ended_) {
      read_paused_ = false;
      ReadNext();
    }
  }
  if (!status.ok()) End(status);
}

void PeerStream::SendAck(uint64_t size, std::string cosignatures) {
  MutexLock lock(mu_);
  if (ended_) return;
  // A welcome never waits here any more: the peer sends its first batch only after it.
  v1::LinkAck& ack = *next_.emplace().mutable_ack();
  ack.set_size(size);
  ack.set_cosignatures(std::move(cosignatures));
  WriteNext();
}

void PeerStream::End(const absl::Status& why) {
  MutexLock lock(mu_);
  if (ended_) return;
  ended_ = true;
  if (why.ok()) return Finish(grpc::Status::OK);
  LogEvent(Severity::kWarning, "peer_stream_ended",
           {{"peer", log_.peer().region}, {"reason", ReasonName(ReasonOf(why).value_or(Reason::INTERNAL))}});
  Finish(rpc::ToGrpc(why));
}

void PeerStream::ReadNext() {
  if (!ended_) StartRead(&frame_);
}

void PeerStream::WriteNext() {
  if (is_writing_ || ended_ || !next_) return;
  writing_ = *std::exchange(next_, std::nullopt);
  is_writing_ = true;
  StartWrite(&writing_);
}

void PeerStream::OnWriteDone(bool ok) {
  MutexLock lock(mu_);
  is_writing_ = false;
  if (ok) WriteNext();
}

void PeerStream::OnCancel() { End(absl::CancelledError("cancelled")); }

void PeerStream::OnDone() {
  std::shared_ptr<PeerStream> self;
  MutexLock lock(mu_);
  self = std::move(self_);
}

}  // namespace chuanyu::exchange
