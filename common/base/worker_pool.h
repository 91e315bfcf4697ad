// A few threads for calls that block (a database, a journal read), so that gRPC's own threads never do. The
// queue is bounded. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "common/base/mutex.h"

namespace chuanyu {

class WorkerPool {
 public:
  // 2 threads: they mostly wait for a server that answers one at a time anyway.
  explicit WorkerPool(size_t threads = 2, size_t max_queued = 4096);
  // As Stop().
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full or the pool is stopped: `work` is then not run.
  bool Post(std::function<void()> work) ABSL_LOCKS_EXCLUDED(mu_);
  // Runs what is queued and joins. The second and later calls do nothing.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

  const size_t max_queued_;
  Mutex mu_;
  CondVar wakes_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace chuanyu
