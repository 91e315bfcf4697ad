// Until when the county has to do what, by the time limits of the region's policy in force on the day of
// acceptance: 民发〔2021〕57号 and 重庆市城乡居民最低生活保障条例 (domain page §4.3). The two differ: 30 or
// 45 working days for the whole procedure there, 30 days without 公示 here. Days are counted as in 民法典
// §201 and §203 (§3.3). Pure, thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/verification.pb.h"
#include "common/calendar/work_calendar.h"
#include "services/family_economy/rules/assessment_policy.h"

namespace chuanyu::family_economy {

// 公示 or 再次公示.
struct NoticePeriod {
  Date from;
  std::optional<Date> to;  // nothing: as long as the policy says
};

struct ProcedureFacts {
  Date accepted;                 // 受理
  std::optional<Date> survey;    // began
  std::optional<Date> answered;  // since when nothing is awaited any more
  std::optional<NoticePeriod> notice;
  std::optional<NoticePeriod> renotice;
  bool special_survey = false;
  bool reviewed = false;        // decided once already: only the limit of the decision runs
  std::optional<Date> decided;  // by the newest decision
  bool refused = false;         // by it
  std::optional<Date> refusal_told;
};

struct OpenAct {
  v1::ProcedureAct act = v1::PROCEDURE_ACT_UNSPECIFIED;
  Date due;    // last day in time
  Date amber;  // from then on a fifth of the days or less is left; the day after `due` when there is no such
               // day

  bool operator==(const OpenAct&) const = default;
};

// The acts that are open, the one that is due first at the head.
struct OpenActs {
  std::vector<OpenAct> acts;
  absl::Status problem;  // CALENDAR_NOT_LOADED: there are more, whose limits end in a year without calendar
};
OpenActs CountOpenActs(const ProcedureFacts& facts, const ProcedureRules& rules,
                       const WorkCalendar& calendar);

// What a check tells; nothing for one of which nothing is counted: it is over, erased, no new application, or
// for assistance that the limits are not about.
std::optional<ProcedureFacts> ProcedureFactsOf(const v1::Verification& check);

// Counts: sets due_acts and due_problem, and writes PROCEDURE_OVERDUE once when the check itself was filed
// too late. `policy` may be null. What was told about an act and its day stays told.
void CountProcedure(const AssessmentPolicy* policy, const WorkCalendar& calendar, absl::Time now,
                    v1::Verification* check);

}  // namespace chuanyu::family_economy
