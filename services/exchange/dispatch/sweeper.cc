#include "services/exchange/dispatch/sweeper.h"

#include <utility>

#include "common/errors/error.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kRound = 512;

}  // namespace

Sweeper::Sweeper(Journal& journal, Tracker& tracker, Pipeline& pipeline, const Clock& clock,
                 OnExpired on_expired, int64_t interval_ms)
    : journal_(journal),
      tracker_(tracker),
      pipeline_(pipeline),
      clock_(clock),
      on_expired_(std::move(on_expired)),
      rounds_(absl::Milliseconds(interval_ms), [this] { Round(); }) {}

Sweeper::~Sweeper() { Stop(); }

void Sweeper::Stop() {
  rounds_.Stop();
  // What the pipeline still holds calls back into this object.
  MutexLock lock(mu_);
  while (in_pipeline_) landed_.Wait(mu_);
}

void Sweeper::Round() {
  {
    MutexLock lock(mu_);
    // ExpireDue names a request until its end is tracked: a second record would be noise.
    if (in_pipeline_) return;
  }
  SweepOnce();
}

size_t Sweeper::SweepOnce() {
  const auto due = tracker_.ExpireDue(clock_.NowMs(), kRound);
  if (!due.ok()) return 0;
  WorkGroup group;
  for (const DueRequest& request : *due) {
    const auto known = journal_.ReadRecordAt(request.location);
    if (!known.ok()) continue;
    Draft draft;
    draft.record = known->record;
    draft.record.set_kind(v1::RECORD_KIND_EXPIRED);
    draft.record.set_outcome(std::string(ReasonName(Reason::DEADLINE_PASSED)));
    draft.record.clear_commitment();
    draft.record.clear_peer_origin();
    draft.record.clear_peer_index();
    group.drafts.push_back(std::move(draft));
  }
  const size_t count = group.drafts.size();
  if (count == 0) return 0;
  {
    MutexLock lock(mu_);
    in_pipeline_ = true;
  }
  group.done = [this](const Outcome& outcome) {
    if (outcome.status.ok()) on_expired_(outcome.records, outcome.tracked);
    MutexLock lock(mu_);
    in_pipeline_ = false;
    landed_.NotifyAll();
  };
  pipeline_.Submit(std::move(group));
  return count;
}

}  // namespace chuanyu::exchange
