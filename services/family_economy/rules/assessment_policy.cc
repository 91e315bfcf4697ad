#include "services/family_economy/rules/assessment_policy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

namespace chuanyu::family_economy {
namespace {

absl::Status NotInForce(const std::string& region, const std::string& what, Date day) {
  return MakeError(Reason::CONFIG_INVALID,
                   {.field = absl::StrCat("assessment.", region),
                    .detail = absl::StrCat("no ", what, " is in force on ", FormatDate(day))});
}

}  // namespace

absl::StatusOr<const PolicyPeriod*> AssessmentPolicy::PeriodOn(Date day) const {
  const auto found = std::find_if(periods_.begin(), periods_.end(),
                                  [&](const PolicyPeriod& period) { return period.in_force.Contains(day); });
  if (found == periods_.end()) return NotInForce(region_, "period", day);
  return &*found;
}

absl::StatusOr<const Standard*> AssessmentPolicy::StandardOn(const std::string& place,
                                                             v1::HouseholdType household, Date day) const {
  if (place.size() < 6 || place.substr(0, 2) != region_.substr(0, 2)) {
    return MakeError(Reason::ORG_NOT_COMPETENT,
                     {.field = "place", .detail = "the deciding place is not in the policy's region"});
  }
  for (const std::string& candidate : {place.substr(0, 6), place.substr(0, 4) + "00", region_}) {
    for (const Standard& standard : standards_) {
      if (standard.place == candidate && standard.household == household && standard.in_force.Contains(day)) {
        return &standard;
      }
    }
  }
  return NotInForce(region_, "standard", day);
}

}  // namespace chuanyu::family_economy
