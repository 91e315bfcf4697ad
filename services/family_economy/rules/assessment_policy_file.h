// Steps of reading a policy file, shared by the two files that do. Private to them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/policy/period.h"
#include "services/family_economy/rules/assessment_policy.h"

namespace chuanyu::family_economy::policy_file {

// A hundred million yuan a person and month: far above anything real, far below an overflow.
inline constexpr int64_t kMaxFen = 10'000'000'000;

using chuanyu::policy_file::CheckFollows;
using chuanyu::policy_file::ReadDate;
using chuanyu::policy_file::ReadInt;
using chuanyu::policy_file::ReadSource;
using chuanyu::policy_file::ReadSpan;
using chuanyu::policy_file::ReadWord;
using chuanyu::policy_file::Words;

inline absl::StatusOr<Answer> ReadAnswer(const Config& table, const std::string& key) {
  return ReadWord<Answer>(table, key,
                          {{"YES", Answer::kYes}, {"NO", Answer::kNo}, {"UNDECIDED", Answer::kUndecided}});
}

// One [[period]]. In assessment_policy_period.cc.
absl::StatusOr<PolicyPeriod> ReadPeriod(const Config& table);

}  // namespace chuanyu::family_economy::policy_file
