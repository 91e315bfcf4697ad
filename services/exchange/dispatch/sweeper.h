// Ends requests whose absolute deadline passed without an answer: an EXPIRED record, and word to the asker.
#pragma once

#include <functional>
#include <span>

#include "common/base/mutex.h"
#include "common/base/periodic.h"
#include "common/clock/clock.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/pipeline/pipeline.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

class Sweeper {
 public:
  // Told of the EXPIRED records once they are tracked; on the tracker thread.
  using OnExpired = std::function<void(std::span<const DurableRecord>, std::span<const TrackResult>)>;

  Sweeper(Journal& journal, Tracker& tracker, Pipeline& pipeline, const Clock& clock, OnExpired on_expired,
          int64_t interval_ms = 1'000);
  // As Stop().
  ~Sweeper();

  void Start() { rounds_.Start(); }
  // Waits for what the pipeline still holds of this object: stop it before the pipeline.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

  // One round; how many requests it ended. Also for tests, without Start.
  size_t SweepOnce();

 private:
  void Round() ABSL_LOCKS_EXCLUDED(mu_);

  Journal& journal_;
  Tracker& tracker_;
  Pipeline& pipeline_;
  const Clock& clock_;
  const OnExpired on_expired_;

  Mutex mu_;
  CondVar landed_;
  bool in_pipeline_ ABSL_GUARDED_BY(mu_) = false;

  Periodic rounds_;
};

}  // namespace chuanyu::exchange
