#include "services/child_welfare/rules/policy.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {

size_t DecisionTable::At(v1::ParentCondition one, v1::ParentCondition other) {
  const size_t low = std::min(static_cast<size_t>(one), static_cast<size_t>(other));
  const size_t high = std::max(static_cast<size_t>(one), static_cast<size_t>(other));
  return low * 13 + high;
}

v1::TableResult DecisionTable::Of(v1::ParentCondition one, v1::ParentCondition other) const {
  return results_.at(At(one, other));
}

absl::Status DecisionTable::Add(const Config& row, v1::ParentCondition one, v1::ParentCondition other,
                                v1::TableResult result) {
  v1::TableResult& entry = results_.at(At(one, other));
  if (entry != v1::TABLE_RESULT_UNSPECIFIED) {
    return row.Invalid("result", std::string("is the second one for ") + LetterOf(one) + LetterOf(other));
  }
  entry = result;
  return absl::OkStatus();
}

std::optional<std::string> DecisionTable::Missing() const {
  for (const v1::ParentCondition one : kAllConditions) {
    for (const v1::ParentCondition other : kAllConditions) {
      if (Of(one, other) == v1::TABLE_RESULT_UNSPECIFIED) return std::string{LetterOf(one), LetterOf(other)};
    }
  }
  return std::nullopt;
}

v1::TableResult PolicyDay::ResultFor(v1::ParentCondition one, v1::ParentCondition other) const {
  const v1::TableResult result = table.Of(one, other);
  if (!deported_only_with_dead_or_missing || result != v1::TABLE_RESULT_DEFACTO) return result;
  const auto gone = [](v1::ParentCondition condition) {
    return condition == v1::PARENT_CONDITION_DECEASED || condition == v1::PARENT_CONDITION_MISSING;
  };
  const bool deported = one == v1::PARENT_CONDITION_DEPORTED || other == v1::PARENT_CONDITION_DEPORTED;
  return deported && !gone(one) && !gone(other) ? v1::TABLE_RESULT_NOT_ELIGIBLE : result;
}

absl::StatusOr<PolicyDay> ChildPolicy::On(Date day) const {
  const auto period = std::find_if(periods_.begin(), periods_.end(),
                                   [&](const Period& each) { return each.in_force.Contains(day); });
  if (period == periods_.end()) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.field = "period", .detail = "no period of the policy covers " + FormatDate(day)});
  }
  PolicyDay out = period->day;
  for (const Difference& difference : differences_) {
    if (!difference.in_force.Contains(day)) continue;
    if (difference.deported_only_with_dead_or_missing) {
      out.deported_only_with_dead_or_missing = *difference.deported_only_with_dead_or_missing;
    }
    if (difference.age) out.age = *difference.age;
    if (!difference.fen_month.empty()) out.fen_month = difference.fen_month;
    if (difference.top_up) out.top_up = *difference.top_up;
  }
  return out;
}

}  // namespace chuanyu::child_welfare
