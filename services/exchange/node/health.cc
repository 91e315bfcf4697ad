#include "services/exchange/node/health.h"

#include <utility>

#include "common/errors/error.h"
#include "common/telemetry/log.h"

namespace chuanyu::exchange {

HealthWatch::HealthWatch(std::function<absl::Status()> check, std::function<void(bool)> report)
    : check_(std::move(check)), report_(std::move(report)), thread_([this] { Run(); }) {}

HealthWatch::~HealthWatch() { Stop(); }

void HealthWatch::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    wakes_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void HealthWatch::Run() {
  bool was_healthy = true;
  while (true) {
    const absl::Status status = check_();
    if (status.ok() != was_healthy) {
      was_healthy = status.ok();
      LogEvent(
          was_healthy ? Severity::kInfo : Severity::kError, "node_health",
          {{"healthy", was_healthy}, {"reason", ReasonName(ReasonOf(status).value_or(Reason::INTERNAL))}});
    }
    report_(was_healthy);
    MutexLock lock(mu_);
    if (!stopping_) wakes_.WaitFor(mu_, 1'000);
    if (stopping_) return;
  }
}

}  // namespace chuanyu::exchange
