// A second thread for the sequencer: it signs the checkpoint of a batch while the sequencer writes and syncs
// it, so that the longer of the two is all a caller waits for.
#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "absl/status/status.h"
#include "common/base/mutex.h"

namespace chuanyu::exchange {

// One caller at a time: Start, then Wait.
class SideThread {
 public:
  SideThread();
  // Finishes work that was started.
  ~SideThread();
  SideThread(const SideThread&) = delete;
  SideThread& operator=(const SideThread&) = delete;

  void Start(std::function<absl::Status()> work) ABSL_LOCKS_EXCLUDED(mu_);
  // What the work returned.
  absl::Status Wait() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

  Mutex mu_;
  CondVar changed_;
  std::function<absl::Status()> work_ ABSL_GUARDED_BY(mu_);
  std::optional<absl::Status> result_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace chuanyu::exchange
