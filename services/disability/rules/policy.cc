#include "services/disability/rules/policy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

namespace chuanyu::disability {

std::optional<Disability> PolicyDay::CareFor(const Certificate& certificate) const {
  for (const Disability& each : certificate.disabilities) {
    for (const CareRule& rule : care) {
      if (rule.types.contains(each.type) && rule.grades.contains(each.grade)) return each;
    }
  }
  return std::nullopt;
}

absl::StatusOr<PolicyDay> DisabilityPolicy::On(Date day) const {
  const auto period = std::find_if(periods_.begin(), periods_.end(),
                                   [&](const Period& each) { return each.in_force.Contains(day); });
  if (period != periods_.end()) return period->day;
  return MakeError(Reason::CONFIG_INVALID,
                   {.field = "period", .detail = "no period of the policy covers " + FormatDate(day)});
}

absl::StatusOr<int64_t> DisabilityPolicy::FenOn(Date day, v1::Benefit benefit, int grade) const {
  for (const Standard& each : standards_) {
    if (each.benefit == benefit && each.in_force.Contains(day) && each.grades.contains(grade)) {
      return each.fen_month;
    }
  }
  return MakeError(Reason::CONFIG_INVALID,
                   {.field = "standard",
                    .detail = absl::StrCat("no amount for ", v1::Benefit_Name(benefit), " of grade ", grade,
                                           " on ", FormatDate(day))});
}

}  // namespace chuanyu::disability
