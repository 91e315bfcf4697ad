// Tells a request id that surely was never used from one that may have been, without asking anybody.
//
// A UUIDv7 carries the time it was made. Every id used at this node since `from_ms` is remembered until two
// generations are full; then the older one is forgotten and the border moves up to its newest id. So an id
// made after the border and not remembered is new, and only the others (old ones, and repeats) cost a
// question to the tracker. Ids far in the future never get here (ToRecord). Not thread-safe: the admission
// thread owns it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"

namespace chuanyu::exchange {

class RecentIds {
 public:
  // `from_ms`: no id made at or after it was used before this object was made.
  explicit RecentIds(int64_t from_ms, size_t generation = 262'144)  // 30 s at full rate, 10 MB each
      : border_ms_(from_ms), generation_(generation) {}

  // False: this well-formed UUIDv7 was never added.
  bool MaybeUsed(std::string_view request_id) const;
  void Add(std::string_view request_id);

 private:
  using Key = std::string;  // 16 raw bytes

  int64_t border_ms_;
  const size_t generation_;
  absl::flat_hash_set<Key> young_;
  absl::flat_hash_set<Key> old_;
  int64_t young_newest_ms_ = 0;
  int64_t old_newest_ms_ = 0;
};

}  // namespace chuanyu::exchange
