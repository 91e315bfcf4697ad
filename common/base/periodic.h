// One piece of work done again and again on a thread of its own. Thread-safe.
#pragma once

#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "common/base/mutex.h"

namespace chuanyu {

class Periodic {
 public:
  // `work` runs at once and then `every` so long after its end, by the machine's steady clock.
  Periodic(absl::Duration every, std::function<void()> work);
  // As Stop().
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

  void Start();
  // Returns when the work does not run any more. Idempotent.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

  const absl::Duration every_;
  const std::function<void()> work_;
  Mutex mu_;
  CondVar stops_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace chuanyu
