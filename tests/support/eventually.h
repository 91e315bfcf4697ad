// Bounded waiting for what a process will show by and by. The only place in the tests that waits for time.
#pragma once

#include <poll.h>

#include <functional>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace chuanyu::testing {

// True as soon as `holds` is; false after `limit`. Asks every 20 ms.
inline bool Eventually(absl::Duration limit, const std::function<bool()>& holds) {
  for (const absl::Time end = absl::Now() + limit; absl::Now() < end; poll(nullptr, 0, 20)) {
    if (holds()) return true;
  }
  return holds();
}

}  // namespace chuanyu::testing
