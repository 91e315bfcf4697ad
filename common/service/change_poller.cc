#include "common/service/change_poller.h"

#include <utility>
#include <vector>

#include "common/errors/error.h"
#include "common/telemetry/log.h"

namespace chuanyu {

ChangePoller::ChangePoller(VersionsFn versions, Watchers& watchers, const Options& options)
    : versions_of_(std::move(versions)),
      watchers_(watchers),
      options_(options),
      rounds_(options.interval, [this] { Round(); }) {
  rounds_.Start();
}

void ChangePoller::Round() {
  for (int batch = 0; batch < options_.batches; ++batch) {
    if (!LookAtBatch()) return;
  }
}

bool ChangePoller::LookAtBatch() {
  const std::vector<std::string> names = watchers_.Watched(after_, options_.batch);
  const auto versions = versions_of_(names);
  if (!versions.ok()) {
    const Reason reason = ReasonOf(versions.status()).value_or(Reason::STORE_UNAVAILABLE);
    LogEvent(Severity::kWarning, "changes_not_polled", {{"reason", std::string(ReasonName(reason))}});
    return false;
  }
  for (const auto& [name, version] : *versions) {
    const auto before = seen_.find(name);
    passing_[name] = version;
    // One that is new here is told, too: it may have changed since its watcher looked.
    if (before == seen_.end() || before->second != version) watchers_.Notify(name);
  }
  if (names.size() == options_.batch) {
    after_ = names.back();
    return true;
  }
  after_.clear();
  seen_ = std::exchange(passing_, {});
  return false;
}

}  // namespace chuanyu
