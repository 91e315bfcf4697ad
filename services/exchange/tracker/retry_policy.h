// When a failed attempt is made again. Pure: the caller brings the random number.
#pragma once

#include <cstdint>

namespace chuanyu::exchange {

// Source: docs, architecture §5.
struct RetryPolicy {
  int64_t first_delay_ms = 1'000;
  int64_t max_delay_ms = 100'000;
  double jitter =
      0.2;  // up to this part is added or taken, so that failed requests do not come back as one wave
  uint32_t max_attempts = 8;  // then PARKED: a person looks at it, it is never dropped
};

// True when attempt number `attempt` (from 1) may be made. A lease may bring a higher one, when a worker died
// during the last attempt: such a request is parked without being run.
bool MayRun(const RetryPolicy& policy, uint32_t attempt);

// What follows a failure that may pass.
struct AfterFailure {
  bool park = false;     // no attempt is left
  int64_t delay_ms = 0;  // until the next attempt; 0 when parked
};

// After attempt number `attempt` (from 1) failed. `random` is uniform in [0, 1). A delay that would end at or
// after the request's deadline is the caller's to see: it leaves the request to ExpireDue.
AfterFailure NextAttempt(const RetryPolicy& policy, uint32_t attempt, double random);

}  // namespace chuanyu::exchange
