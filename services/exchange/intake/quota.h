// How much a caller may submit: one token bucket a caller. Not thread-safe: the admission thread owns it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "common/policy/policy.h"

namespace chuanyu::exchange {

class QuotaKeeper {
 public:
  // True when the caller may submit one more at `now_ms`. Callers without a quota may always.
  bool Take(const policy::Policy& policy, std::string_view caller, int64_t now_ms);

 private:
  struct Bucket {
    int64_t milli_tokens = 0;  // thousandths, so that small rates refill exactly
    int64_t refilled_ms = 0;
  };
  absl::flat_hash_map<std::string, Bucket> buckets_;
};

}  // namespace chuanyu::exchange
