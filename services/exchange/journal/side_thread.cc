#include "services/exchange/journal/side_thread.h"

#include <utility>

namespace chuanyu::exchange {

SideThread::SideThread() : thread_([this] { Run(); }) {}

SideThread::~SideThread() {
  {
    MutexLock lock(mu_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

void SideThread::Start(std::function<absl::Status()> work) {
  MutexLock lock(mu_);
  result_.reset();
  work_ = std::move(work);
  changed_.NotifyAll();
}

absl::Status SideThread::Wait() {
  MutexLock lock(mu_);
  while (!result_.has_value()) changed_.Wait(mu_);
  return *std::exchange(result_, std::nullopt);
}

void SideThread::Run() {
  while (true) {
    std::function<absl::Status()> work;
    {
      MutexLock lock(mu_);
      while (!stopping_ && work_ == nullptr) changed_.Wait(mu_);
      if (work_ == nullptr) return;
      work = std::exchange(work_, nullptr);
    }
    absl::Status result = work();
    MutexLock lock(mu_);
    result_ = std::move(result);
    changed_.NotifyAll();
  }
}

}  // namespace chuanyu::exchange
