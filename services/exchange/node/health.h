// Once a second: is the node able to accept? Sets the health service, the gauges, and logs every change.
#pragma once

#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "common/base/mutex.h"

namespace chuanyu::exchange {

class HealthWatch {
 public:
  // `check` says why the node cannot accept, or OK; `report` is told every second. Both on one thread.
  HealthWatch(std::function<absl::Status()> check, std::function<void(bool healthy)> report);
  // As Stop().
  ~HealthWatch();
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

  const std::function<absl::Status()> check_;
  const std::function<void(bool)> report_;
  Mutex mu_;
  CondVar wakes_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace chuanyu::exchange
