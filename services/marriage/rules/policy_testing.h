// The policy, divisions and calendar that are shipped, and reasons as names, for tests.
#pragma once

#include <string>
#include <vector>

#include "common/calendar/work_calendar.h"
#include "common/errors/error.h"
#include "services/marriage/rules/policy.h"
#include "services/marriage/rules/rules_testing.h"

namespace chuanyu::marriage {

inline const DivisionTable& Divisions() {
  static const auto* const table = new DivisionTable(*DivisionTable::Load(
      std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/divisions", {.codes = {{"LIANGJIANG", "500199"}}}));
  return *table;
}

inline const WorkCalendar& Calendar() {
  static const auto* const calendar =
      new WorkCalendar(*LoadWorkCalendar(std::string(CHUANYU_SOURCE_DIR) + "/deploy/data/calendar"));
  return *calendar;
}

inline const MarriagePolicy& Policy(const std::string& region = "500000") {
  const auto load = [](const std::string& of) {
    return new MarriagePolicy(
        *MarriagePolicy::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/marriage", of, Divisions()));
  };
  static const auto* const cq = load("500000");
  static const auto* const sc = load("510000");
  return region == "500000" ? *cq : *sc;
}

inline std::string Name(const absl::Status& status) {
  return status.ok() ? "OK" : std::string(ReasonName(ReasonOf(status).value_or(Reason::INTERNAL)));
}

inline constexpr char kYubei[] = "500112-01";
inline constexpr char kBeibei[] = "500109-01";

inline constexpr Date kToday{2026, 11, 24};

}  // namespace chuanyu::marriage
