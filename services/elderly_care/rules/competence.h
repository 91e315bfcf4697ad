// Whose civil affairs a filing belongs to on a day. Domain page §7: for profit, the county of the premises;
// otherwise the level of the registration authority. A district that was divided or merged is followed to its
// successor: that is no move, and numbers stay valid. Pure, thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/elderly_care/v1/filing.pb.h"
#include "common/identity/division.h"
#include "services/elderly_care/rules/policy.h"

namespace chuanyu::elderly_care {

struct Authority {
  std::string division;  // 6 digits: a county, a city (511600) or a province
  std::string region;    // 6 digits
  friend bool operator==(const Authority&, const Authority&) = default;
};

// CODE_UNKNOWN, naming the field, for an address or a registration authority that is nowhere on `day`;
// BAD_REQUEST for an unknown nature.
absl::StatusOr<Authority> AuthorityOf(const v1::Filing& filing, const PolicyDay& policy, Date day,
                                      const DivisionTable& divisions);

}  // namespace chuanyu::elderly_care
