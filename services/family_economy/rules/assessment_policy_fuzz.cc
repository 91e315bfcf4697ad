// libFuzzer entry: whatever the bytes are, reading a policy ends in an error or in a policy whose every day
// has one period and one standard at most, and whose numbers an assessment can use.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "services/family_economy/rules/assessment_policy.h"

namespace {

using namespace chuanyu::family_economy;  // NOLINT: a program of one function
using chuanyu::Date;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckPeriods(const AssessmentPolicy& policy) {
  for (size_t at = 0; at < policy.periods().size(); ++at) {
    const PolicyPeriod& period = policy.periods()[at];
    Require(policy.PeriodOn(period.in_force.from).value() == &period);
    for (const IncomeKind kind : AllIncomeKinds()) {
      Require(period.RuleOf(kind).kind == kind && 12 % period.RuleOf(kind).window_months == 0);
    }
    for (const DeductionKind kind : AllDeductionKinds()) {
      const DeductionRule& rule = period.RuleOf(kind);
      Require(rule.kind == kind && 12 % rule.window_months == 0 && rule.max_share_bp <= 10'000);
    }
    for (const PropertyKind kind : AllPropertyKinds()) Require(period.RuleOf(kind).kind == kind);
    const bool last = at + 1 == policy.periods().size();
    if (!last) Require(policy.periods()[at + 1].in_force.from == *period.in_force.to + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto policy =
      AssessmentPolicy::Parse(std::string(reinterpret_cast<const char*>(data), size), "fuzz.toml");
  if (!policy.ok()) return 0;
  CheckPeriods(*policy);
  for (const Standard& standard : policy->standards()) {
    Require(standard.fen_month > 0 && !standard.source.empty());
    Require(policy->StandardOn(standard.place, standard.household, standard.in_force.from).value() ==
            &standard);
  }
  return 0;
}
