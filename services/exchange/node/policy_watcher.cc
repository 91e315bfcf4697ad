#include "services/exchange/node/policy_watcher.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/telemetry/log.h"

namespace chuanyu::exchange {

absl::StatusOr<std::unique_ptr<PolicyWatcher>> PolicyWatcher::Open(std::string file, OnLoaded on_loaded,
                                                                   int64_t interval_ms) {
  std::unique_ptr<PolicyWatcher> watcher(
      new PolicyWatcher(std::move(file), std::move(on_loaded), interval_ms));
  CHUANYU_ASSIGN_OR_RETURN(auto first, policy::Policy::Load(watcher->file_));
  watcher->on_loaded_(*first);
  MutexLock lock(watcher->mu_);
  watcher->current_ = std::move(first);
  return watcher;
}

PolicyWatcher::PolicyWatcher(std::string file, OnLoaded on_loaded, int64_t interval_ms)
    : file_(std::move(file)),
      on_loaded_(std::move(on_loaded)),
      rounds_(absl::Milliseconds(interval_ms), [this] { Look(); }) {}

std::shared_ptr<const policy::Policy> PolicyWatcher::Current() const {
  MutexLock lock(mu_);
  return current_;
}

// By content, not by time stamp: files are small, and stamps lie.
void PolicyWatcher::Look() {
  absl::StatusOr<std::shared_ptr<const policy::Policy>> loaded = policy::Policy::Load(file_);
  {
    MutexLock lock(mu_);
    if (!loaded.ok()) {
      if (!refused_) LogEvent(Severity::kError, "policy_refused");
      refused_ = true;
      return;
    }
    refused_ = false;
    if ((*loaded)->digest_hex() == current_->digest_hex()) return;
  }
  on_loaded_(**loaded);
  MutexLock lock(mu_);
  current_ = *std::move(loaded);
}

}  // namespace chuanyu::exchange
