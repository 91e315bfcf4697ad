// UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then 74 bits of which the first 12 count
// within a millisecond. Ids of one generator sort in the order they were made, also as text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/mutex.h"

namespace chuanyu {

// Thread-safe. One a process is enough: about 100 ns an id.
class UuidV7Generator {
 public:
  // The next id in canonical lower-case text, 36 characters. `unix_ms` is the time by the caller's clock;
  // when it stands still or goes back, ids keep growing (RFC 9562 §6.2, method 1: a counter that borrows from
  // the next millisecond when it is full).
  std::string Next(int64_t unix_ms);

 private:
  // 62 random bits from the operating system's generator, fetched for many ids at a time.
  uint64_t Random() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  Mutex mu_;
  int64_t last_ms_ ABSL_GUARDED_BY(mu_) = -1;
  uint32_t counter_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t pool_[64] ABSL_GUARDED_BY(mu_) = {};
  unsigned pool_left_ ABSL_GUARDED_BY(mu_) = 0;
};

// True for canonical lower-case text of version 7 and the RFC's variant.
bool IsUuidV7(std::string_view text);

// The Unix milliseconds inside a well-formed id (IsUuidV7); -1 for anything else.
int64_t UuidV7Millis(std::string_view text);

}  // namespace chuanyu
