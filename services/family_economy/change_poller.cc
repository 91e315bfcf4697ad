#include "services/family_economy/change_poller.h"

#include <utility>
#include <vector>

#include "common/errors/error.h"
#include "common/telemetry/log.h"

namespace chuanyu::family_economy {

ChangePoller::ChangePoller(CaseStore& store, Watchers& watchers, const Options& options)
    : store_(store), watchers_(watchers), options_(options), thread_([this] { Run(); }) {}

ChangePoller::~ChangePoller() { Stop(); }

void ChangePoller::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void ChangePoller::Run() {
  for (;;) {
    const absl::Time next = absl::Now() + options_.interval;
    {
      MutexLock lock(mu_);
      while (!stopping_ && absl::Now() < next) {
        wakes_.WaitFor(mu_, absl::ToInt64Milliseconds(next - absl::Now()) + 1);
      }
      if (stopping_) return;
    }
    Round();
  }
}

void ChangePoller::Round() {
  for (int batch = 0; batch < options_.batches; ++batch) {
    if (!LookAtBatch()) return;
  }
}

bool ChangePoller::LookAtBatch() {
  const std::vector<std::string> numbers = watchers_.Watched(after_, options_.batch);
  const auto versions = store_.Versions(numbers);
  if (!versions.ok()) {
    const Reason reason = ReasonOf(versions.status()).value_or(Reason::STORE_UNAVAILABLE);
    LogEvent(Severity::kWarning, "changes_not_polled", {{"reason", std::string(ReasonName(reason))}});
    return false;
  }
  for (const auto& [number, version] : *versions) {
    const auto before = seen_.find(number);
    passing_[number] = version;
    // One that is new here is told, too: it may have changed since its watcher looked.
    if (before == seen_.end() || before->second != version) watchers_.Notify(number);
  }
  if (numbers.size() == options_.batch) {
    after_ = numbers.back();
    return true;
  }
  after_.clear();
  seen_ = std::exchange(passing_, {});
  return false;
}

}  // namespace chuanyu::family_economy
