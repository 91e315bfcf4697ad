#include "services/exchange/link/sender.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "services/exchange/intake/envelope.h"
#include "services/exchange/link/addressing.h"
#include "services/exchange/link/client_stream.h"
#include "services/exchange/link/cosigner.h"

namespace chuanyu::exchange {

LinkSender::LinkSender(PeerTrust peer, std::string own_origin, std::unique_ptr<v1::Peer::Stub> stub,
                       Journal& journal, Pipeline& pipeline, const Clock& clock, Options options)
    : peer_(std::move(peer)),
      own_origin_(std::move(own_origin)),
      stub_(std::move(stub)),
      journal_(journal),
      pipeline_(pipeline),
      clock_(clock),
      options_(options),
      outbound_(peer_.region, journal, clock, options.max_frame_bytes) {}

LinkSender::~LinkSender() { Stop(); }

void LinkSender::Start(uint64_t durable_size) {
  const uint64_t cosigned = journal_.recovered().cosigned_size;
  // An acknowledgement may have been kept in the journal and not have reached the tracker when the process
  // died: the newest ones are told to it again, which is harmless.
  acknowledged_ = cosigned - std::min(cosigned, options_.max_unacknowledged_leaves);
  {
    MutexLock lock(mu_);
    // The pipeline runs already, and may have told of a batch.
    tail_.size = std::max(tail_.size, durable_size);
    tail_.addressed_end = std::max(tail_.addressed_end, durable_size);
    view_.cosigned_size = cosigned;
    if (tail_.size > cosigned) view_.waiting_since_ms = clock_.NowMs();
  }
  thread_ = std::thread([this] { Run(); });
}

void LinkSender::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyAll();
    stops_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void LinkSender::OnDurable(const DurableBatch& batch) {
  const uint64_t size = batch.first_index() + batch.records().size();
  size_t bytes = 0;
  bool addressed = false;
  for (const DurableRecord& record : batch.records()) {
    if (AddresseeOf(record.record) != peer_.region) continue;
    addressed = true;
    bytes += record.bytes.size() + record.payload.size();
  }
  MutexLock lock(mu_);
  if (size <= tail_.size) return;
  tail_.size = size;
  tail_.bytes += bytes;
  if (addressed) tail_.addressed_end = size;
  if (tail_.since_ms == 0) tail_.since_ms = clock_.NowMs();
  if (view_.waiting_since_ms == 0) view_.waiting_since_ms = clock_.NowMs();
  ++news_;
  wakes_.NotifyAll();
}

bool LinkSender::WouldSendAtOnce(std::span<const Draft> drafts) const {
  {
    MutexLock lock(mu_);
    if (!idle_ || tail_.bytes > 0) return false;
  }
  return std::any_of(drafts.begin(), drafts.end(),
                     [&](const Draft& draft) { return AddresseeOf(draft.record) == peer_.region; });
}

void LinkSender::Notify() {
  MutexLock lock(mu_);
  ++news_;
  wakes_.NotifyAll();
}

LinkView LinkSender::View() const {
  MutexLock lock(mu_);
  return view_;
}

void LinkSender::SetState(LinkState state, std::string reason) {
  LinkState before;
  {
    MutexLock lock(mu_);
    before = view_.state;
    view_.state = state;
    view_.reason = reason;
    if (state != LinkState::kUp) idle_ = false;
  }
  if (before == state) return;
  LogEvent(state == LinkState::kStopped ? Severity::kError : Severity::kInfo, "link_state",
           {{"peer", peer_.region}, {"state", LinkStateName(state)}, {"reason", reason}});
}

void LinkSender::Run() {
  int64_t backoff_ms = options_.backoff_min_ms;
  while (true) {
    const int64_t started_ms = clock_.NowMs();
    const absl::Status status = ServeOneConnection();
    {
      MutexLock lock(mu_);
      if (stopping_) return;
    }
    const std::optional<Reason> reason = ReasonOf(status);
    // These two need a person: sending on would either fork our log or feed a peer that refuses it.
    if (reason == Reason::LOG_BEHIND_WITNESS || reason == Reason::LOG_FORKED) {
      SetState(LinkState::kStopped, std::string(ReasonName(*reason)));
      return;
    }
    SetState(LinkState::kDown, reason ? std::string(ReasonName(*reason)) : "PEER_UNAVAILABLE");
    if (clock_.NowMs() - started_ms > options_.backoff_max_ms) backoff_ms = options_.backoff_min_ms;
    MutexLock lock(mu_);
    if (!stopping_) stops_.WaitFor(mu_, backoff_ms);
    backoff_ms = std::min(backoff_ms * 2, options_.backoff_max_ms);
  }
}

absl::Status LinkSender::ServeOneConnection() {
  ClientStream stream(*stub_, [this] { Notify(); });
  v1::LinkFrame hello;
  hello.mutable_hello()->set_origin(own_origin_);
  hello.mutable_hello()->set_clock_ms(clock_.NowMs());
  hello.mutable_hello()->set_log_size(journal_.Latest().size);
  stream.Write(std::move(hello));
  const absl::Status status = Pump(stream);
  stream.CancelAndWait();
  return status;
}

absl::Status LinkSender::Pump(ClientStream& stream) {
  bool welcomed = false;
  const int64_t opened_ms = clock_.NowMs();
  while (true) {
    Tail tail;
    uint64_t news = 0;
    {
      MutexLock lock(mu_);
      if (stopping_) return absl::CancelledError("stopping");
      tail = tail_;
      news = news_;
    }
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<v1::LinkAck> newest_ack, TakeReplies(stream, welcomed));
    if (const std::optional<absl::Status> ended = stream.Ended()) return *ended;
    if (!welcomed && clock_.NowMs() - opened_ms > options_.welcome_timeout_ms) {
      return MakeError(Reason::PEER_UNAVAILABLE, {.detail = "no welcome"});
    }
    std::optional<SentFrame> acknowledged;
    if (newest_ack) {
      CHUANYU_ASSIGN_OR_RETURN(acknowledged, TakeAcknowledged(newest_ack->size()));
    }
    const bool may_send = welcomed && next_ < tail.size && stream.CanWrite() &&
                          next_ - acknowledged_ < options_.max_unacknowledged_leaves;
    if (may_send && SendNow(UnsentOf(tail), unacknowledged_.size(), Last(), options_.pace)) {
      CHUANYU_RETURN_IF_ERROR(SendFrame(stream, tail));
    }
    // After sending: the check of the cosignatures takes as long as a small frame does.
    if (acknowledged) CHUANYU_RETURN_IF_ERROR(TakeAck(*newest_ack, *std::move(acknowledged)));
    WaitForNews(news, tail, welcomed && unacknowledged_.empty());
  }
}

Unsent LinkSender::UnsentOf(const Tail& tail) const {
  return {.leaves = tail.size - next_,
          .bytes = tail.bytes,
          .addressed = tail.addressed_end > next_,
          // A log that the peer never cosigned proves little: its first records do not linger.
          .waited_ms = acknowledged_ == 0 ? options_.pace.linger_ms : AgoMs(tail.since_ms)};
}

LastFrame LinkSender::Last() const { return {last_leaves_, AgoMs(last_sent_ms_)}; }

// A clock that was set back must not make anything wait.
int64_t LinkSender::AgoMs(int64_t at_ms) const {
  const int64_t ago_ms = clock_.NowMs() - at_ms;
  return at_ms == 0 || ago_ms < 0 ? options_.pace.linger_ms + options_.pace.busy_gap_ms : ago_ms;
}

absl::Status LinkSender::SendFrame(ClientStream& stream, const Tail& tail) {
  CHUANYU_ASSIGN_OR_RETURN(OutboundBatch next, outbound_.Next(next_, tail.size));
  last_leaves_ = static_cast<uint64_t>(next.batch.leaves_size());
  last_sent_ms_ = clock_.NowMs();
  next_ += last_leaves_;
  unacknowledged_.push_back({std::move(next.end), std::move(next.on_ack)});
  v1::LinkFrame frame;
  *frame.mutable_batch() = std::move(next.batch);
  stream.Write(std::move(frame));
  if (next_ < tail.size) return absl::OkStatus();
  MutexLock lock(mu_);
  tail_.bytes -= tail.bytes;
  tail_.since_ms = tail_.size == next_ ? 0 : clock_.NowMs();
  return absl::OkStatus();
}

void LinkSender::WaitForNews(uint64_t seen, const Tail& tail, bool idle) {
  int64_t wait_ms = 1'000;
  if (tail.size > next_ && unacknowledged_.empty()) {
    wait_ms =
        tail.addressed_end > next_ ? options_.pace.busy_gap_ms - Last().ago_ms : options_.pace.linger_ms;
    wait_ms = std::max<int64_t>(1, wait_ms);
  }
  MutexLock lock(mu_);
  idle_ = idle;
  if (news_ == seen && !stopping_) wakes_.WaitFor(mu_, wait_ms);
}

// Only the newest acknowledgement is kept: they are cumulative, and a cosignature costs a signature check.
absl::StatusOr<std::optional<v1::LinkAck>> LinkSender::TakeReplies(ClientStream& stream, bool& welcomed) {
  std::optional<v1::LinkAck> newest_ack;
  while (std::optional<v1::LinkReply> reply = stream.TakeReply()) {
    if (reply->has_stop()) {
      const Reason reason = ParseReason(reply->stop().reason()).value_or(Reason::PEER_UNAVAILABLE);
      return MakeError(reason, {.detail = "the peer stopped the link"});
    }
    if (reply->has_welcome()) {
      CHUANYU_RETURN_IF_ERROR(Welcome(reply->welcome()));
      welcomed = true;
      SetState(LinkState::kUp, "");
    } else if (reply->has_ack()) {
      newest_ack = std::move(*reply->mutable_ack());
    }
  }
  return newest_ack;
}

absl::Status LinkSender::Welcome(const v1::LinkWelcome& welcome) {
  CHUANYU_RETURN_IF_ERROR(
      CheckSkew(absl::FromUnixMillis(welcome.clock_ms()), clock_.Now(), "welcome.clock_ms"));
  const SignedCheckpoint latest = journal_.Latest();
  if (welcome.witnessed_size() > latest.size) {
    return MakeError(Reason::LOG_BEHIND_WITNESS, {.detail = "the peer has witnessed a longer log than ours"});
  }
  unacknowledged_.clear();
  CHUANYU_RETURN_IF_ERROR(CatchUpTracker(welcome.witnessed_size()));
  // A peer that was restored from a copy holds less than it acknowledged: it gets the rest again.
  next_ = acknowledged_ = welcome.witnessed_size();
  return absl::OkStatus();
}

// The peer may hold more than it told us before the line broke.
absl::Status LinkSender::CatchUpTracker(uint64_t witnessed_size) {
  while (acknowledged_ < witnessed_size) {
    CHUANYU_ASSIGN_OR_RETURN(AcknowledgedPart part, outbound_.Acknowledged(acknowledged_, witnessed_size));
    acknowledged_ = part.end;
    if (part.changes.empty()) continue;
    WorkGroup group;
    group.changes = std::move(part.changes);
    pipeline_.Submit(std::move(group));
  }
  return absl::OkStatus();
}

// The frames below `size` as one.
absl::StatusOr<LinkSender::SentFrame> LinkSender::TakeAcknowledged(uint64_t size) {
  SentFrame whole;
  while (!unacknowledged_.empty() && unacknowledged_.front().end.size <= size) {
    SentFrame& frame = unacknowledged_.front();
    whole.end = std::move(frame.end);
    std::move(frame.on_ack.begin(), frame.on_ack.end(), std::back_inserter(whole.on_ack));
    unacknowledged_.pop_front();
  }
  if (whole.end.size != size) {
    return MakeError(Reason::SIG_INVALID, {.detail = "acknowledged a size that was not sent"});
  }
  return whole;
}

absl::Status LinkSender::TakeAck(const v1::LinkAck& ack, SentFrame acknowledged) {
  CHUANYU_RETURN_IF_ERROR(VerifyAck(ack, acknowledged.end));
  CHUANYU_RETURN_IF_ERROR(journal_.AddCosignature(ack.size(), ack.cosignatures()));
  acknowledged_ = ack.size();
  {
    MutexLock lock(mu_);
    view_.cosigned_size = std::max(view_.cosigned_size, acknowledged_);
    view_.waiting_since_ms = tail_.size > view_.cosigned_size ? clock_.NowMs() : 0;
  }
  if (acknowledged.on_ack.empty()) return absl::OkStatus();
  WorkGroup group;
  group.changes = std::move(acknowledged.on_ack);
  pipeline_.Submit(std::move(group));
  return absl::OkStatus();
}

absl::Status LinkSender::VerifyAck(const v1::LinkAck& ack, const SignedCheckpoint& ours) const {
  return VerifyCosignatures(ack.cosignatures(), {own_origin_, {ours.size, ours.root}},
                            peer_.keys.cosignature);
}

}  // namespace chuanyu::exchange
