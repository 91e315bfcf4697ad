// How long the accounts of an item are kept once a case is over and its persons are erased. A file an item,
// by date:
//
//   version = "2026-11-26"
//   [[period]]
//   from = 2021-01-01
//   months = 60
//   source = "..."
//
// Never less than three years: 个人信息保护法 §56, 网络数据安全管理条例 §12 (domain page §3.4). Immutable
// once loaded, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/policy/period.h"

namespace chuanyu {

class ArchiveRule {
 public:
  // CONFIG_INVALID, naming file, line and key.
  static absl::StatusOr<ArchiveRule> Load(const std::string& path);
  static absl::StatusOr<ArchiveRule> Parse(const std::string& toml);

  // Accounts of what was needed on this day or before may go on `day`, by the rule of that day.
  // CONFIG_INVALID for a day that no period covers.
  absl::StatusOr<Date> KeptAfter(Date day) const;

 private:
  struct Period {
    DateSpan in_force;
    int months = 0;
  };
  static absl::StatusOr<ArchiveRule> Read(const Config& file);

  std::vector<Period> periods_;
};

}  // namespace chuanyu
