// Numbers and competences of filings, by date, from deploy/policy/elderly_care: the national file, or the one
// of a region that decided otherwise. Immutable, thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/elderly_care/v1/filing.pb.h"
#include "common/policy/period.h"

namespace chuanyu::elderly_care {

// Whose civil affairs are competent.
enum class CompetentBy {
  kPremises,      // the county of the premises
  kRegistration,  // the level of the registration authority
};

struct PolicyDay {
  int beds_min = 0;      // fewer: D_BELOW_THRESHOLD
  int filing_days = 0;   // working days after the first admission; later is LATE
  int unfiled_days = 0;  // working days to check on site what was found unfiled
  std::map<v1::Nature, CompetentBy> competence;
};

class ElderPolicy {
 public:
  // <region>.toml in `folder` when there is one, else national.toml. CONFIG_INVALID, naming file and key:
  // periods that overlap or leave a gap, a nature without competence, a rule without source.
  static absl::StatusOr<ElderPolicy> Load(const std::string& folder, const std::string& region);
  static absl::StatusOr<ElderPolicy> Parse(const std::string& toml, const std::string& origin);

  // CONFIG_INVALID for a day before the first period.
  absl::StatusOr<PolicyDay> On(Date day) const;

 private:
  friend class PolicyReader;
  std::vector<std::pair<DateSpan, PolicyDay>> periods_;
};

}  // namespace chuanyu::elderly_care
