// Steps of reading a policy file, shared by the two files that do. Private to them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "services/family_economy/rules/assessment_policy.h"

namespace chuanyu::family_economy::policy_file {

// A hundred million yuan a person and month: far above anything real, far below an overflow.
inline constexpr int64_t kMaxFen = 10'000'000'000;

template <typename Value>
using Words = std::vector<std::pair<std::string_view, Value>>;

template <typename Value>
absl::StatusOr<Value> ReadWord(const Config& table, const std::string& key, const Words<Value>& words) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string text, table.String(key));
  std::string known;
  for (const auto& [word, value] : words) {
    if (word == text) return value;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  return table.Invalid(key, "is none of " + known);
}

inline absl::StatusOr<Answer> ReadAnswer(const Config& table, const std::string& key) {
  return ReadWord<Answer>(table, key,
                          {{"YES", Answer::kYes}, {"NO", Answer::kNo}, {"UNDECIDED", Answer::kUndecided}});
}

inline absl::StatusOr<std::string> ReadSource(const Config& table) {
  CHUANYU_ASSIGN_OR_RETURN(std::string source, table.String("source"));
  if (source.empty()) return table.Invalid("source", "names no law or document");
  return source;
}

inline absl::StatusOr<int> ReadInt(const Config& table, const std::string& key, int64_t min, int64_t max) {
  CHUANYU_ASSIGN_OR_RETURN(const int64_t value, table.Int(key, {.min = min, .max = max}));
  return static_cast<int>(value);
}

inline absl::StatusOr<Date> ReadDate(const Config& table, const std::string& key) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string text, table.Date(key));
  const absl::StatusOr<Date> day = ParseDate(text, key);
  if (!day.ok()) return table.Invalid(key, "is not a day of the years 1 to 9999");
  return *day;
}

inline absl::StatusOr<DateSpan> ReadSpan(const Config& table) {
  DateSpan span;
  CHUANYU_ASSIGN_OR_RETURN(span.from, ReadDate(table, "from"));
  if (!table.Has("to")) return span;
  CHUANYU_ASSIGN_OR_RETURN(span.to, ReadDate(table, "to"));
  if (*span.to < span.from) return table.Invalid("to", "is before the first day");
  return span;
}

// One [[period]]. In assessment_policy_period.cc.
absl::StatusOr<PolicyPeriod> ReadPeriod(const Config& table);

}  // namespace chuanyu::family_economy::policy_file
