#include "services/exchange/pipeline/pipeline.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "services/exchange/pipeline/replay.h"

namespace chuanyu::exchange {
namespace {

// A little under the journal's limit: sequence, time and commitment come on top.
constexpr size_t kMaxRecordBytes = 65'000;

size_t Weight(const WorkGroup& group) {
  return std::max<size_t>(1, group.drafts.size() + group.changes.size());
}

size_t Bytes(const WorkGroup& group) {
  size_t bytes = 0;
  for (const Draft& draft : group.drafts) bytes += draft.payload.size() + 512;
  return bytes;
}

// What the journal would refuse, found before it can take its neighbours in the batch along.
absl::Status CheckDrafts(const WorkGroup& group) {
  for (const Draft& draft : group.drafts) {
    if (draft.record.ByteSizeLong() > kMaxRecordBytes) {
      return MakeError(Reason::BAD_REQUEST, {.detail = "the record is too long"});
    }
    if (!draft.salt.empty() && draft.salt.size() != 32) {
      return MakeError(Reason::BAD_REQUEST, {.detail = "a salt has 32 bytes"});
    }
  }
  return absl::OkStatus();
}

void Finish(WorkGroup& group, const Outcome& outcome) {
  if (group.done) group.done(outcome);
}

}  // namespace

Pipeline::Pipeline(Journal& journal, Tracker& tracker, const Clock& clock, Options options)
    : journal_(journal), tracker_(tracker), clock_(clock), options_(options) {}

Pipeline::~Pipeline() { Stop(); }

void Pipeline::Start() {
  applied_ = journal_.Latest().size;
  sequencer_ = std::thread([this] { RunSequencer(); });
  tracker_thread_ = std::thread([this] { RunTracker(); });
}

void Pipeline::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    sequencer_wakes_.NotifyAll();
    tracker_wakes_.NotifyAll();
  }
  if (sequencer_.joinable()) sequencer_.join();
  if (tracker_thread_.joinable()) tracker_thread_.join();
  std::deque<WorkGroup> left;  // only when it was never started
  {
    MutexLock lock(mu_);
    left.swap(queue_);
  }
  for (WorkGroup& group : left) Finish(group, {.status = MakeError(Reason::SHUTTING_DOWN)});
}

void Pipeline::Submit(WorkGroup group) {
  absl::Status refused = CheckDrafts(group);
  if (refused.ok()) {
    MutexLock lock(mu_);
    if (stopping_) {
      refused = MakeError(Reason::SHUTTING_DOWN);
    } else if (!group.drafts.empty() && queued_drafts_ >= options_.max_queued_drafts) {
      refused = MakeError(Reason::QUOTA, {.detail = "the node is overloaded"});
    } else {
      queued_drafts_ += Weight(group);
      queue_.push_back(std::move(group));
      sequencer_wakes_.NotifyOne();
      return;
    }
  }
  Finish(group, {.status = refused});
}

absl::Status Pipeline::TrackerHealthy() const {
  MutexLock lock(mu_);
  return tracker_status_;
}

void Pipeline::RunSequencer() {
  while (true) {
    std::vector<WorkGroup> groups = TakeGroups();
    if (groups.empty()) break;
    Journalise(std::move(groups));
  }
  MutexLock lock(mu_);
  sequencer_done_ = true;
  tracker_wakes_.NotifyAll();
}

// Empty when everything is done and the pipeline stops.
std::vector<WorkGroup> Pipeline::TakeGroups() {
  std::vector<WorkGroup> groups;
  size_t drafts = 0;
  size_t bytes = 0;
  MutexLock lock(mu_);
  // Nobody is told before the tracker knows, so there is no hurry while a batch waits for it: the next one
  // grows.
  while ((queue_.empty() || !tracked_queue_.empty()) && !stopping_) sequencer_wakes_.Wait(mu_);
  while (!queue_.empty()) {
    const WorkGroup& next = queue_.front();
    drafts += next.drafts.size();
    bytes += Bytes(next);
    if (!groups.empty() && (drafts > options_.max_batch_drafts || bytes > options_.max_batch_bytes)) break;
    groups.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return groups;
}

void Pipeline::Journalise(std::vector<WorkGroup> groups) {
  Batch batch;
  std::vector<Draft> drafts;
  std::vector<WitnessState> witnesses;
  for (WorkGroup& group : groups) {
    batch.weight += Weight(group);
    batch.drafts.push_back(group.drafts.size());
    std::move(group.drafts.begin(), group.drafts.end(), std::back_inserter(drafts));
    std::move(group.witnesses.begin(), group.witnesses.end(), std::back_inserter(witnesses));
    group.drafts.clear();
  }
  if (!drafts.empty() || !witnesses.empty()) {
    const Signing signing = sign_at_once_(drafts) ? Signing::kNow : Signing::kWhenNeeded;
    auto appended = journal_.Append(std::move(drafts), std::move(witnesses), signing);
    batch.status = appended.status();
    if (appended.ok()) batch.durable = *std::move(appended);
  }
  batch.groups = std::move(groups);
  const std::shared_ptr<const DurableBatch> durable = batch.durable;
  {
    MutexLock lock(mu_);
    tracked_queue_.push_back(std::move(batch));
    tracker_wakes_.NotifyAll();
  }
  if (durable == nullptr) return;
  for (const auto& listener : listeners_) listener(*durable);
}

void Pipeline::RunTracker() {
  while (true) {
    std::vector<Batch> batches;
    {
      MutexLock lock(mu_);
      while (tracked_queue_.empty() && !sequencer_done_) tracker_wakes_.Wait(mu_);
      if (tracked_queue_.empty()) return;
      std::move(tracked_queue_.begin(), tracked_queue_.end(), std::back_inserter(batches));
      tracked_queue_.clear();
      sequencer_wakes_.NotifyOne();
    }
    size_t weight = 0;
    for (const Batch& batch : batches) weight += batch.weight;
    Track(std::move(batches));
    MutexLock lock(mu_);
    queued_drafts_ -= weight;
  }
}

// One entry of `told` a group, in order.
std::vector<TrackerChange> Pipeline::CollectChanges(const std::vector<Batch>& batches,
                                                    std::vector<Told>& told) const {
  std::vector<TrackerChange> changes;
  for (const Batch& batch : batches) {
    size_t next = 0;
    for (size_t i = 0; i < batch.groups.size(); ++i) {
      const WorkGroup& group = batch.groups[i];
      Told& group_told = told.emplace_back();
      if (!batch.status.ok()) continue;
      if (batch.durable != nullptr) {
        group_told.records = std::span(batch.durable->records()).subspan(next, batch.drafts[i]);
        next += batch.drafts[i];
      }
      group_told.results.resize(group_told.records.size());
      for (const DurableRecord& record : group_told.records) {
        std::vector<TrackerChange> of_record = ChangesFor(record, group.lease, {});
        group_told.change_of.push_back(of_record.empty() ? -1 : static_cast<int64_t>(changes.size()));
        std::move(of_record.begin(), of_record.end(), std::back_inserter(changes));
      }
      changes.insert(changes.end(), group.changes.begin(), group.changes.end());
    }
  }
  return changes;
}

void Pipeline::Track(std::vector<Batch> batches) {
  std::vector<Told> told;
  const std::vector<TrackerChange> changes = CollectChanges(batches, told);
  std::optional<uint64_t> applied_size;
  for (const Batch& batch : batches) {
    if (batch.durable == nullptr) continue;
    applied_size = batch.durable->first_index() + batch.durable->records().size();
  }
  absl::StatusOr<std::vector<TrackResult>> results = std::vector<TrackResult>{};
  if (!changes.empty() || applied_size) results = ApplyUntilDone(changes, applied_size);
  size_t index = 0;
  for (Batch& batch : batches) {
    for (WorkGroup& group : batch.groups) {
      Told& of_group = told[index++];
      const absl::Status status = batch.status.ok() ? results.status() : batch.status;
      if (!status.ok()) {
        Finish(group, {.status = status});
        continue;
      }
      for (size_t i = 0; i < of_group.results.size(); ++i) {
        if (of_group.change_of[i] >= 0) of_group.results[i] = (*results)[of_group.change_of[i]];
      }
      Finish(group, {.status = {}, .records = of_group.records, .tracked = of_group.results});
    }
  }
  if (results.ok() && applied_size) applied_ = *applied_size;
}

// An unreachable tracker is waited for: the records are in the journal and cannot be taken back.
absl::StatusOr<std::vector<TrackResult>> Pipeline::ApplyUntilDone(const std::vector<TrackerChange>& changes,
                                                                  std::optional<uint64_t> applied_size) {
  while (true) {
    absl::StatusOr<std::vector<TrackResult>> results = ApplyOnce(changes, applied_size);
    const bool healthy = results.ok();
    bool changed = false;
    {
      MutexLock lock(mu_);
      changed = tracker_status_.ok() != healthy;
      tracker_status_ = healthy ? absl::OkStatus() : MakeError(Reason::TRACKER_UNAVAILABLE);
    }
    if (changed) {
      LogEvent(healthy ? Severity::kInfo : Severity::kError, "tracker_state",
               {{"state", healthy ? "UP" : "DOWN"}});
    }
    if (healthy) return results;
    {
      MutexLock lock(mu_);
      if (!stopping_) tracker_wakes_.WaitFor(mu_, options_.tracker_retry_ms);
      if (stopping_) return MakeError(Reason::SHUTTING_DOWN);
    }
    // After a failure Redis may be back with older data; an error here shows again in ApplyOnce.
    ReplayWhatRedisLost().IgnoreError();
  }
}

absl::StatusOr<std::vector<TrackResult>> Pipeline::ApplyOnce(const std::vector<TrackerChange>& changes,
                                                             std::optional<uint64_t> applied_size) {
  auto results = tracker_.ApplyBatch(changes, applied_size);
  if (!HasReason(results.status(), Reason::BAD_REQUEST)) return results;
  // One change breaks a limit of the tracker. It must not stop all others for ever.
  std::vector<TrackResult> one_by_one;
  for (const TrackerChange& change : changes) {
    auto result = tracker_.ApplyBatch(std::span(&change, 1), std::nullopt);
    if (HasReason(result.status(), Reason::BAD_REQUEST)) {
      LogEvent(Severity::kError, "tracker_change_refused", {});
      one_by_one.emplace_back();
      continue;
    }
    CHUANYU_RETURN_IF_ERROR(result.status());
    one_by_one.push_back(result->front());
  }
  if (applied_size) CHUANYU_RETURN_IF_ERROR(tracker_.ApplyBatch({}, applied_size).status());
  return one_by_one;
}

absl::Status Pipeline::ReplayWhatRedisLost() {
  CHUANYU_ASSIGN_OR_RETURN(const uint64_t first, tracker_.AppliedSize());
  if (first >= applied_) return absl::OkStatus();
  return ReplayRange(journal_, tracker_, first, applied_);
}

}  // namespace chuanyu::exchange
