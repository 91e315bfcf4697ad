// A pool with too much to do, for tests of what callers are told then.
#pragma once

#include <memory>

#include "common/base/mutex.h"
#include "common/base/worker_pool.h"

namespace chuanyu {

// Keeps the one worker of a pool busy until the object goes. Not for more than one thread.
class BusyWorker {
 public:
  // Returns when the worker does nothing else any more; so the queue is empty.
  explicit BusyWorker(WorkerPool& workers) : state_(std::make_shared<State>()) {
    // The state is the worker's, too: it may look at it when the object has gone.
    posted_ = workers.Post([state = state_] { state->Hold(); });
    if (posted_) state_->WaitUntilHeld();
  }
  ~BusyWorker() { state_->Release(); }
  BusyWorker(const BusyWorker&) = delete;
  BusyWorker& operator=(const BusyWorker&) = delete;

  // False when the pool did not take it.
  bool held() const { return posted_; }

 private:
  class State {
   public:
    void Hold() ABSL_LOCKS_EXCLUDED(mu_) {
      MutexLock lock(mu_);
      held_ = true;
      changed_.NotifyAll();
      while (!released_) changed_.Wait(mu_);
    }
    void WaitUntilHeld() ABSL_LOCKS_EXCLUDED(mu_) {
      MutexLock lock(mu_);
      while (!held_) changed_.Wait(mu_);
    }
    void Release() ABSL_LOCKS_EXCLUDED(mu_) {
      MutexLock lock(mu_);
      released_ = true;
      changed_.NotifyAll();
    }

   private:
    Mutex mu_;
    CondVar changed_;
    bool held_ ABSL_GUARDED_BY(mu_) = false;
    bool released_ ABSL_GUARDED_BY(mu_) = false;
  };

  const std::shared_ptr<State> state_;
  bool posted_ = false;
};

}  // namespace chuanyu
