// The access policy in force: loaded at start, loaded again when the file changes, every load journaled. A
// new file that cannot be used changes nothing but the log.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/base/mutex.h"
#include "common/base/periodic.h"
#include "common/policy/policy.h"

namespace chuanyu::exchange {

// Thread-safe.
class PolicyWatcher {
 public:
  // Told of every policy before it is put in force.
  using OnLoaded = std::function<void(const policy::Policy&)>;

  // CONFIG_INVALID when the first file cannot be used.
  static absl::StatusOr<std::unique_ptr<PolicyWatcher>> Open(std::string file, OnLoaded on_loaded,
                                                             int64_t interval_ms = 2'000);
  std::shared_ptr<const policy::Policy> Current() const ABSL_LOCKS_EXCLUDED(mu_);
  void Start() { rounds_.Start(); }
  // Idempotent; the destructor does it, too.
  void Stop() { rounds_.Stop(); }
  // Looks at the file once.
  void Look() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  PolicyWatcher(std::string file, OnLoaded on_loaded, int64_t interval_ms);

  const std::string file_;
  const OnLoaded on_loaded_;
  mutable Mutex mu_;
  std::shared_ptr<const policy::Policy> current_ ABSL_GUARDED_BY(mu_);
  bool refused_ ABSL_GUARDED_BY(mu_) = false;  // the file as it is now was already logged as unusable

  Periodic rounds_;
};

}  // namespace chuanyu::exchange
