#include "common/service/watchers.h"

#include <limits>

namespace chuanyu {

uint64_t Watchers::Add(const std::string& case_no, std::function<void()> changed) {
  MutexLock lock(mu_);
  const uint64_t ticket = next_ticket_++;
  watchers_.emplace(std::make_pair(case_no, ticket), std::move(changed));
  return ticket;
}

void Watchers::Remove(const std::string& case_no, uint64_t ticket) {
  MutexLock lock(mu_);
  watchers_.erase({case_no, ticket});
}

void Watchers::Notify(const std::string& case_no) {
  std::vector<std::function<void()>> changed;
  {
    MutexLock lock(mu_);
    for (auto it = watchers_.lower_bound({case_no, 0}); it != watchers_.end() && it->first.first == case_no;
         ++it) {
      changed.push_back(it->second);
    }
  }
  for (const auto& call : changed) call();
}

std::vector<std::string> Watchers::Watched(const std::string& after, size_t limit) {
  std::vector<std::string> numbers;
  MutexLock lock(mu_);
  auto it = watchers_.upper_bound({after, std::numeric_limits<uint64_t>::max()});
  while (it != watchers_.end() && numbers.size() < limit) {
    numbers.push_back(it->first.first);
    it = watchers_.upper_bound({numbers.back(), std::numeric_limits<uint64_t>::max()});
  }
  return numbers;
}

void Watchers::NotifyAll() {
  std::vector<std::function<void()>> changed;
  {
    MutexLock lock(mu_);
    for (const auto& [key, call] : watchers_) changed.push_back(call);
  }
  for (const auto& call : changed) call();
}

}  // namespace chuanyu
