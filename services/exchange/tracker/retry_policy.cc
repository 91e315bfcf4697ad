#include "services/exchange/tracker/retry_policy.h"

#include <algorithm>

namespace chuanyu::exchange {

bool MayRun(const RetryPolicy& policy, uint32_t attempt) { return attempt <= policy.max_attempts; }

AfterFailure NextAttempt(const RetryPolicy& policy, uint32_t attempt, double random) {
  if (attempt >= policy.max_attempts) return {.park = true};
  int64_t delay_ms = policy.first_delay_ms;
  for (uint32_t i = 1; i < attempt && delay_ms < policy.max_delay_ms; ++i) delay_ms *= 2;
  delay_ms = std::min(delay_ms, policy.max_delay_ms);
  const double jitter = 1 + policy.jitter * (2 * random - 1);
  return {.delay_ms = std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(delay_ms) * jitter))};
}

}  // namespace chuanyu::exchange
