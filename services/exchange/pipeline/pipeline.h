// The sequencer: the one way into the journal, and from there into the tracker.
//
//   Submit ─▶ [queue] ─▶ sequencer thread: journal.Append (one fdatasync, one checkpoint)
//                          ─▶ [queue] ─▶ tracker thread: one pipelined round trip ─▶ done
//
// Each thread takes everything that waits, so a lone item goes at once and a busy node fills its batches;
// there is no timer. A group is all in one batch and in the order given.
//
// What survives a crash where:
//   before Append returns      nothing was promised; a torn frame is cut at start
//   after Append, before Redis the record is in the journal; the start replays it into the tracker
//   after Redis, before done   the caller asks again and idempotency answers
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

// What became of a group.
struct Outcome {
  // Why nothing is durable, or OK.
  absl::Status status;
  // One per draft, in order; empty when status is not OK.
  std::span<const DurableRecord> records;
  // What the tracker said to each record, in the same order; records that it does not track have a kIgnored.
  std::span<const TrackResult> tracked;
};

// Things that belong together: one frame of a submitter, one batch of a peer, one answer.
struct WorkGroup {
  std::vector<Draft> drafts;
  std::vector<WitnessState> witnesses;
  // Transitions that are not records (lease taken, peer acknowledged); applied after the drafts.
  std::vector<TrackerChange> changes;
  // Requests that the drafts bring in start under this lease, without a second round trip.
  std::optional<WorkerLease> lease;
  // Called once, on the tracker thread, or on the caller's thread when the pipeline is stopped.
  std::function<void(const Outcome&)> done;
};

class Pipeline {
 public:
  struct Options {
    size_t max_batch_drafts = 2048;  // bounds the time of one batch, not the queue
    size_t max_batch_bytes = 8u << 20;
    size_t max_queued_drafts = 65'536;  // beyond this Submit refuses with QUOTA: the node is overloaded
    int64_t tracker_retry_ms = 200;
  };

  Pipeline(Journal& journal, Tracker& tracker, const Clock& clock, Options options);
  ~Pipeline();

  // Called on the sequencer thread with every batch that is durable, in order, before it goes to the tracker.
  // What the listener brings back about the batch (an acknowledgement) is tracked after the batch. Set before
  // Start.
  void OnDurable(std::function<void(const DurableBatch&)> listener) {
    listeners_.push_back(std::move(listener));
  }

  // Whether the checkpoint of a batch with these drafts will be needed at once, so that signing beside the
  // sync is faster than after it. Never asked: always. Called on the sequencer thread. Set before Start.
  void SignAtOnceWhen(std::function<bool(std::span<const Draft>)> needed) {
    sign_at_once_ = std::move(needed);
  }

  void Start();
  // Finishes what is queued, then stops. Groups submitted later fail with SHUTTING_DOWN.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

  void Submit(WorkGroup group) ABSL_LOCKS_EXCLUDED(mu_);

  // Not OK while the tracker cannot be reached.
  absl::Status TrackerHealthy() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Batch {
    absl::Status status;                          // why the journal refused it
    std::shared_ptr<const DurableBatch> durable;  // null when no group brought drafts
    std::vector<size_t> drafts;                   // how many each group brought
    std::vector<WorkGroup> groups;
    size_t weight = 0;
  };

  void RunSequencer();
  void RunTracker();
  std::vector<WorkGroup> TakeGroups() ABSL_LOCKS_EXCLUDED(mu_);
  void Journalise(std::vector<WorkGroup> groups);
  void Track(std::vector<Batch> batches);
  // The journal's records of a group, and what the tracker said to each.
  struct Told {
    std::span<const DurableRecord> records;
    std::vector<TrackResult> results;
    std::vector<int64_t> change_of;  // index of its first change, or -1
  };
  std::vector<TrackerChange> CollectChanges(const std::vector<Batch>& batches, std::vector<Told>& told) const;
  absl::StatusOr<std::vector<TrackResult>> ApplyUntilDone(const std::vector<TrackerChange>& changes,
                                                          std::optional<uint64_t> applied_size);
  absl::StatusOr<std::vector<TrackResult>> ApplyOnce(const std::vector<TrackerChange>& changes,
                                                     std::optional<uint64_t> applied_size);
  absl::Status ReplayWhatRedisLost();

  Journal& journal_;
  Tracker& tracker_;
  const Clock& clock_;
  const Options options_;
  std::vector<std::function<void(const DurableBatch&)>> listeners_;
  std::function<bool(std::span<const Draft>)> sign_at_once_ = [](std::span<const Draft>) { return true; };

  mutable Mutex mu_;
  CondVar sequencer_wakes_;
  CondVar tracker_wakes_;
  std::deque<WorkGroup> queue_ ABSL_GUARDED_BY(mu_);
  size_t queued_drafts_ ABSL_GUARDED_BY(mu_) = 0;  // until they are tracked
  std::deque<Batch> tracked_queue_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  bool sequencer_done_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status tracker_status_ ABSL_GUARDED_BY(mu_);

  uint64_t applied_ = 0;  // the tracker thread alone: everything below is in the tracker

  std::thread sequencer_;
  std::thread tracker_thread_;
};

// What a durable record means for the tracker: the one mapping that the live path, the start and
// rebuild-tracker share. Empty for records that concern no request; never more than one change.
std::vector<TrackerChange> ChangesFor(const DurableRecord& record, const std::optional<WorkerLease>& lease,
                                      std::string_view own_region);

}  // namespace chuanyu::exchange
