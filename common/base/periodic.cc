#include "common/base/periodic.h"

#include <chrono>
#include <utility>

namespace chuanyu {

Periodic::Periodic(absl::Duration every, std::function<void()> work)
    : every_(every), work_(std::move(work)) {}

Periodic::~Periodic() { Stop(); }

void Periodic::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Periodic::Stop() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    stops_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void Periodic::Run() {
  for (;;) {
    {
      MutexLock lock(mu_);
      if (stopping_) return;
    }
    work_();
    const auto next = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(every_);
    MutexLock lock(mu_);
    while (!stopping_) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(next - std::chrono::steady_clock::now());
      if (left.count() <= 0) break;
      stops_.WaitFor(mu_, left.count());
    }
  }
}

}  // namespace chuanyu
