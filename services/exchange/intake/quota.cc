#include "services/exchange/intake/quota.h"

#include <algorithm>

namespace chuanyu::exchange {

bool QuotaKeeper::Take(const policy::Policy& policy, std::string_view caller, int64_t now_ms) {
  const policy::Quota* quota = policy.QuotaFor(caller);
  if (quota == nullptr) return true;
  auto [it, first] = buckets_.try_emplace(std::string(caller));
  Bucket& bucket = it->second;
  const int64_t full = quota->burst * 1000;
  if (first) {
    bucket = {full, now_ms};
  }
  // A clock that steps back gives nothing and takes nothing.
  const int64_t elapsed_ms = std::clamp<int64_t>(now_ms - bucket.refilled_ms, 0, 3'600'000);
  bucket.milli_tokens = std::min(full, bucket.milli_tokens + elapsed_ms * quota->requests_per_second);
  bucket.refilled_ms = now_ms;
  if (bucket.milli_tokens < 1000) return false;
  bucket.milli_tokens -= 1000;
  return true;
}

}  // namespace chuanyu::exchange
