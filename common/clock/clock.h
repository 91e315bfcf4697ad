// The time, as an argument. Nothing in Chuanyu asks the operating system for the date by itself: a rule that
// depends on the day gets a Clock, so that a test can stand on any day. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace chuanyu {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  int64_t NowMs() const { return absl::ToUnixMillis(Now()); }
};

// The machine's clock, for programs.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

// A clock that stands still until it is told to move, for tests.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time start) : us_(absl::ToUnixMicros(start)) {}
  absl::Time Now() const override { return absl::FromUnixMicros(us_.load()); }
  void Set(absl::Time now) { us_.store(absl::ToUnixMicros(now)); }
  void Advance(absl::Duration by) { us_.fetch_add(absl::ToInt64Microseconds(by)); }

 private:
  std::atomic<int64_t> us_;
};

}  // namespace chuanyu
