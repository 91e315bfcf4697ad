// What a hit in another region means for the assistance that is paid (domain page §4.5 "events out"): a table
// in a file (deploy/policy/warnings), because owners and days are a region's to decide.
//
//   [[rule]]
//   id = "W-A03-DEATH"
//   kind = "DEATH"              # DEATH, OTHER_REGION_BENEFIT or MARRIAGE_CHANGE
//   classes = ["A03"]           # whose hits raise it
//   due_days = 3                # calendar days
//   owner = ""                  # empty: the organisation that submitted the batch
//
// Immutable, thread-safe.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/batch.pb.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "common/calendar/date.h"

namespace chuanyu::family_economy {

class WarningRules {
 public:
  // CONFIG_INVALID for an unknown kind or class, and an id used twice.
  static absl::StatusOr<WarningRules> Load(const std::string& path);

  // Warnings of one line's answer, without number, line, region and request. A marriage warning needs a
  // status on file to differ from.
  std::vector<v1::BatchWarning> Raise(const v1::QueryStatusResponse& answer,
                                      const std::string& known_marital_code, const std::string& org,
                                      Date today) const;

 private:
  struct Rule {
    std::string id;
    v1::WarningKind kind = v1::WARNING_KIND_UNSPECIFIED;
    std::set<int> classes;
    int64_t due_days = 0;
    std::string owner;
  };
  static bool Applies(const Rule& rule, const v1::ClassResult& result, const std::string& known_marital_code);

  std::vector<Rule> rules_;
};

}  // namespace chuanyu::family_economy
