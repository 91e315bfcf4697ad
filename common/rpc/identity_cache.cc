#include "common/rpc/identity_cache.h"

namespace chuanyu::rpc {

absl::StatusOr<CallerIdentity> IdentityCache::Get(std::string_view pem) {
  {
    MutexLock lock(mu_);
    if (const auto found = by_pem_.find(pem); found != by_pem_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      return found->second->second;
    }
  }
  // Parsed outside the lock; two threads may both parse a new certificate, and the second finds it stored.
  absl::StatusOr<CallerIdentity> identity = ParseIdentity(pem);
  MutexLock lock(mu_);
  if (by_pem_.contains(pem)) return identity;
  recent_.emplace_front(std::string(pem), identity);
  by_pem_.emplace(recent_.front().first, recent_.begin());
  if (recent_.size() > capacity_) {
    by_pem_.erase(recent_.back().first);
    recent_.pop_back();
  }
  return identity;
}

size_t IdentityCache::size() const {
  MutexLock lock(mu_);
  return recent_.size();
}

}  // namespace chuanyu::rpc
