// Policy files whose entries hold from one day to another, and the steps of reading them. A file gives for
// each entry the law or document that it comes from. Pure, thread-safe; Config itself is not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/status_macros.h"
#include "common/calendar/date.h"
#include "common/config/config.h"

namespace chuanyu {

// `to` is the last day; without it the span is open.
struct DateSpan {
  Date from;
  std::optional<Date> to;
  bool Contains(Date day) const { return from <= day && (!to || day <= *to); }
};

namespace policy_file {

template <typename Value>
using Words = std::vector<std::pair<std::string_view, Value>>;

// CONFIG_INVALID, naming the words, for any other.
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

// `next` must begin on the day after `before` ends: no day without an entry, none with two.
inline absl::Status CheckFollows(const Config& table, const DateSpan& before, const DateSpan& next) {
  if (!before.to || *before.to >= next.from) {
    return table.Invalid("from", "overlaps with the entry before it, of " + FormatDate(before.from));
  }
  if (*before.to + 1 != next.from) {
    return table.Invalid("from", "leaves a gap after " + FormatDate(*before.to));
  }
  return absl::OkStatus();
}

// The [[period]] tables of a file, in order of time without a gap, each by `read(table, &period)`; `Period`
// has an `in_force`. At least one.
template <typename Period, typename ReadFn>
absl::StatusOr<std::vector<Period>> ReadPeriods(const Config& file, ReadFn read) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> tables, file.Tables("period"));
  if (tables.empty()) return file.Invalid("period", "is missing");
  std::vector<Period> out;
  for (const Config& table : tables) {
    Period period;
    CHUANYU_ASSIGN_OR_RETURN(period.in_force, ReadSpan(table));
    if (!out.empty()) CHUANYU_RETURN_IF_ERROR(CheckFollows(table, out.back().in_force, period.in_force));
    CHUANYU_RETURN_IF_ERROR(read(table, &period));
    out.push_back(std::move(period));
  }
  return out;
}

}  // namespace policy_file
}  // namespace chuanyu
