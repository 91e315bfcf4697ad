// The income half of an assessment: what counts, member by member, in twelfths of a fen a month. Used by
// assessment.cc only. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "services/family_economy/rules/assessment.h"

namespace chuanyu::family_economy {

struct CountedIncome {
  int64_t household_twelfths = 0;        // 12·I, never negative
  std::vector<int64_t> member_twelfths;  // in the order of input.members, never negative
  std::set<ManualReason> manual_reasons;
  std::vector<AppliedRule> rules;
};

// The ids in `input` are known to be good.
absl::StatusOr<CountedIncome> CountIncome(const AssessmentInput& input, const PolicyPeriod& period);

// 202603.
int64_t MonthNumber(Month month);

}  // namespace chuanyu::family_economy
