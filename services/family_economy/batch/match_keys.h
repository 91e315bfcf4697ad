// The keys under which two regions compare who is in their registers (domain page §3.5): one pair of regions,
// one purpose, a time. Not the key a region stores under. A file of the region, the keys in files beside it:
//
//   [[key]]
//   id = "500000-510000-2026"      # as both regions call it; travels with every question
//   peer = "510000"
//   file = "match-2026.bin"        # at least 32 random bytes, the same in both regions
//   not_before = "2026-01-01"      # first and last day, in Asia/Shanghai; two keys may overlap, so that
//   not_after = "2027-01-15"       # neither region must change at midnight of the other
//
// Immutable, thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/crypto/blind_index.h"

namespace chuanyu::family_economy {

struct MatchKey {
  std::string id;
  std::string peer;  // 6 digits
  Date not_before;
  Date not_after;
  std::shared_ptr<const crypto::BlindIndexer> indexer;

  bool InForce(Date day) const { return not_before <= day && day <= not_after; }
};

class MatchKeys {
 public:
  // No key: nobody is matched.
  MatchKeys() = default;
  // CONFIG_INVALID for a malformed file, an id used twice, a period that ends before it begins, and a key
  // file that cannot be read or is too short.
  static absl::StatusOr<MatchKeys> Load(const std::string& path);

  // The key to ask `peer` with: of those in force the one that began last. KEY_UNKNOWN when there is none.
  absl::StatusOr<MatchKey> ForAsking(const std::string& peer, Date day) const;
  // KEY_UNKNOWN unless `id` is a key of that peer and in force.
  absl::Status CheckAnswering(const std::string& peer, const std::string& id, Date day) const;
  // Every key in force on `day`.
  std::vector<MatchKey> InForce(Date day) const;

 private:
  std::vector<MatchKey> keys_;
};

}  // namespace chuanyu::family_economy
