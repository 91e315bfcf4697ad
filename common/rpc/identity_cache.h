// Remembers what the certificates of recent callers say: parsing one costs tens of microseconds, and a caller
// sends thousands of requests on one certificate. Thread-safe.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/rpc/identity.h"

namespace chuanyu::rpc {

class IdentityCache {
 public:
  // Keeps the `capacity` certificates used last, good and bad ones alike.
  explicit IdentityCache(size_t capacity) : capacity_(capacity) {}

  // ParseIdentity(pem), remembered.
  absl::StatusOr<CallerIdentity> Get(std::string_view pem);

  size_t size() const;

 private:
  using Entry = std::pair<std::string, absl::StatusOr<CallerIdentity>>;

  const size_t capacity_;
  mutable Mutex mu_;
  std::list<Entry> recent_ ABSL_GUARDED_BY(mu_);  // front: used last
  // The key views the entry's own string: list nodes do not move.
  absl::flat_hash_map<std::string_view, std::list<Entry>::iterator> by_pem_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu::rpc
