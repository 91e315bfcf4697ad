// Sends this node's log to one peer and collects its cosignatures.
//
// The peer says at every connect how much of our log it holds, and sending starts there: the log itself is
// the queue, so a peer that was away for a week is caught up by the same code that serves a healthy link, and
// nothing is ever sent from memory alone. Only what is durable is sent; the tracker is told meanwhile.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "chuanyu/exchange/v1/peer.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/link/outbound.h"
#include "services/exchange/link/pace.h"
#include "services/exchange/link/trust.h"
#include "services/exchange/pipeline/pipeline.h"

namespace chuanyu::exchange {

enum class LinkState { kConnecting, kUp, kDown, kStopped };

struct LinkView {
  LinkState state = LinkState::kConnecting;
  std::string reason;          // of the last failure; empty when up
  uint64_t cosigned_size = 0;  // of our log, by this peer
  int64_t waiting_since_ms =
      0;  // when the oldest batch without this peer's cosignature was durable; 0 if none
};

class ClientStream;

class LinkSender {
 public:
  struct Options {
    size_t max_frame_bytes = 1u << 20;
    uint64_t max_unacknowledged_leaves = 65'536;
    Pace pace;
    int64_t backoff_min_ms = 100;
    int64_t backoff_max_ms = 5'000;
    int64_t welcome_timeout_ms = 10'000;
  };

  LinkSender(PeerTrust peer, std::string own_origin, std::unique_ptr<v1::Peer::Stub> stub, Journal& journal,
             Pipeline& pipeline, const Clock& clock, Options options);
  ~LinkSender();

  void Start(uint64_t durable_size);
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);
  // The batch and everything before it may be sent. Called by the pipeline's sequencer thread.
  void OnDurable(const DurableBatch& batch) ABSL_LOCKS_EXCLUDED(mu_);
  // True when a batch with these drafts would be sent as soon as it is durable.
  bool WouldSendAtOnce(std::span<const Draft> drafts) const ABSL_LOCKS_EXCLUDED(mu_);
  LinkView View() const ABSL_LOCKS_EXCLUDED(mu_);
  const std::string& region() const { return peer_.region; }

 private:
  // A frame on its way, and what the tracker learns when it is acknowledged.
  struct SentFrame {
    SignedCheckpoint end;  // the checkpoint that the frame ends with
    std::vector<TrackerChange> on_ack;
  };

  // What is durable and, as far as we remember, not sent.
  struct Tail {
    uint64_t size = 0;           // everything below is durable
    uint64_t addressed_end = 0;  // the last record for this peer is below
    size_t bytes = 0;
    int64_t since_ms = 0;  // when the oldest came; 0 when unknown
  };

  void Run();
  absl::Status ServeOneConnection();
  absl::StatusOr<std::optional<v1::LinkAck>> TakeReplies(ClientStream& stream, bool& welcomed);
  absl::Status Welcome(const v1::LinkWelcome& welcome);
  absl::Status CatchUpTracker(uint64_t witnessed_size);
  absl::Status Pump(ClientStream& stream);
  absl::Status VerifyAck(const v1::LinkAck& ack, const SignedCheckpoint& ours) const;
  absl::StatusOr<SentFrame> TakeAcknowledged(uint64_t size);
  absl::Status TakeAck(const v1::LinkAck& ack, SentFrame acknowledged);
  LastFrame Last() const;
  int64_t AgoMs(int64_t at_ms) const;
  Unsent UnsentOf(const Tail& tail) const;
  absl::Status SendFrame(ClientStream& stream, const Tail& tail) ABSL_LOCKS_EXCLUDED(mu_);
  void WaitForNews(uint64_t seen, const Tail& tail, bool idle) ABSL_LOCKS_EXCLUDED(mu_);
  void Notify() ABSL_LOCKS_EXCLUDED(mu_);
  void SetState(LinkState state, std::string reason) ABSL_LOCKS_EXCLUDED(mu_);

  const PeerTrust peer_;
  const std::string own_origin_;
  const std::unique_ptr<v1::Peer::Stub> stub_;
  Journal& journal_;
  Pipeline& pipeline_;
  const Clock& clock_;
  const Options options_;
  const Outbound outbound_;

  // The sender thread alone.
  uint64_t next_ = 0;
  uint64_t acknowledged_ = 0;
  uint64_t last_leaves_ = 0;
  int64_t last_sent_ms_ = 0;
  std::deque<SentFrame> unacknowledged_;

  mutable Mutex mu_;
  CondVar wakes_;  // by news, which a back-off must not be cut short by
  CondVar stops_;
  Tail tail_ ABSL_GUARDED_BY(mu_);
  bool idle_ ABSL_GUARDED_BY(mu_) = false;  // up, and no frame is on its way
  uint64_t news_ ABSL_GUARDED_BY(mu_) = 0;  // counts everything the thread should look at
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  LinkView view_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

}  // namespace chuanyu::exchange
