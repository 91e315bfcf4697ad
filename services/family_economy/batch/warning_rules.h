// What a hit in another region means for the assistance that is paid (domain page §4.5 "events out"): a table
// in a file (deploy/policy/warnings), because owners and days are a region's to decide.
//
//   [[rule]]
//   id = "W-A03-DEATH"
//   kind = "DEATH"              # DEATH, OTHER_REGION_BENEFIT, MARRIAGE_CHANGE, NEW_COMPANY, NEW_VEHICLE,
//                               # NEW_PROPERTY or PRISON_RELEASE
//   classes = ["A03"]           # whose hits raise it; A07, A06, A05 for NEW_*; [] for PRISON_RELEASE
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
#include "services/family_economy/batch/lines.h"

namespace chuanyu::family_economy {

class WarningRules {
 public:
  // CONFIG_INVALID for an unknown kind, a class that does not belong to it, and an id used twice.
  static absl::StatusOr<WarningRules> Load(const std::string& path);

  // Warnings of one line's answer, without number, line, region and request. A marriage warning needs a
  // status on file to differ from; what began before the month on file is not new.
  std::vector<v1::BatchWarning> Raise(const v1::QueryStatusResponse& answer, const OnFile& on_file,
                                      const std::string& org, Date today) const;
  // Warnings about what chuanyu-life-events told of a person, with region, without number and line.
  std::vector<v1::BatchWarning> RaiseFor(const v1::MemberLifeEvent& event, const std::string& org,
                                         Date today) const;

 private:
  struct Rule {
    std::string id;
    v1::WarningKind kind = v1::WARNING_KIND_UNSPECIFIED;
    std::set<int> classes;
    int64_t due_days = 0;
    std::string owner;
  };
  static bool Applies(const Rule& rule, const v1::ClassResult& result, const OnFile& on_file);
  static v1::BatchWarning WarningOf(const Rule& rule, const std::string& org, Date today);

  std::vector<Rule> rules_;
};

}  // namespace chuanyu::family_economy
