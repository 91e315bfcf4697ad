#include "services/family_economy/rules/due_acts.h"

#include <algorithm>
#include <optional>

#include "absl/status/statusor.h"
#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/calendar/proto_date.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/days.h"
#include "services/family_economy/rules/lifecycle.h"

namespace chuanyu::family_economy {
namespace {

absl::Time Morning(Date day) { return absl::FromCivil(day, ChinaTime()); }

void RecordDue(v1::CaseEventKind kind, v1::ProcedureAct act, absl::Time now, v1::Verification* verification) {
  RecordEvent(kind, {.name = "", .now = now}, verification);
  verification->mutable_events(verification->events_size() - 1)->set_procedure_act(act);
}

// One day of what was entered.
class Entered {
 public:
  explicit Entered(Date today) : today_(today) {}

  // Nothing for a day that was not entered. `not_before` may be nothing.
  absl::StatusOr<std::optional<Date>> Day(bool there, const type::v1::Date& date, const char* field,
                                          std::optional<Date> not_before = std::nullopt) const {
    if (!there) return std::optional<Date>();
    const std::string path = std::string("procedure.") + field;
    CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(date.value(), path));
    if (day > today_) return MakeError(Reason::DATE_INVALID, {.field = path, .detail = "in the future"});
    if (not_before && day < *not_before) {
      return MakeError(Reason::DATE_INVALID, {.field = path, .detail = "before what it follows"});
    }
    return std::optional<Date>(day);
  }

  // A period whose last day may be left out, and not its first.
  absl::StatusOr<std::optional<Date>> Period(bool begins, const type::v1::Date& from, const char* from_field,
                                             bool ends, const type::v1::Date& to, const char* to_field,
                                             std::optional<Date> not_before) const {
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> first, Day(begins, from, from_field, not_before));
    if (ends && !first) {
      return MakeError(Reason::DATE_INVALID,
                       {.field = std::string("procedure.") + from_field, .detail = "missing"});
    }
    CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> last, Day(ends, to, to_field, first));
    return last ? last : first;
  }

 private:
  const Date today_;
};

}  // namespace

cases::v1::DeadlineLight LightOn(const v1::DueAct& due, Date today) {
  const std::optional<Date> last = DayIn(due.due_date());
  const std::optional<Date> amber = DayIn(due.amber_date());
  if (!last) return cases::v1::DEADLINE_LIGHT_NONE;
  if (today > *last) return cases::v1::DEADLINE_LIGHT_RED;
  return amber && today >= *amber ? cases::v1::DEADLINE_LIGHT_AMBER : cases::v1::DEADLINE_LIGHT_GREEN;
}

void ShowLights(absl::Time now, v1::Verification* verification) {
  for (v1::DueAct& due : *verification->mutable_due_acts()) due.set_light(LightOn(due, DayOf(now)));
}

bool FollowDueActs(absl::Time now, v1::Verification* verification) {
  bool changed = false;
  for (v1::DueAct& due : *verification->mutable_due_acts()) {
    const cases::v1::DeadlineLight light = LightOn(due, DayOf(now));
    if (light == cases::v1::DEADLINE_LIGHT_AMBER && !due.reminded()) {
      due.set_reminded(true);
      RecordDue(v1::CASE_EVENT_KIND_PROCEDURE_REMINDED, due.act(), now, verification);
      changed = true;
    }
    if (light == cases::v1::DEADLINE_LIGHT_RED && !due.overdue()) {
      due.set_overdue(true);
      RecordDue(v1::CASE_EVENT_KIND_PROCEDURE_OVERDUE, due.act(), now, verification);
      changed = true;
    }
  }
  return changed;
}

absl::Time NextDueWake(const v1::Verification& verification) {
  absl::Time next = absl::InfiniteFuture();
  for (const v1::DueAct& due : verification.due_acts()) {
    const std::optional<Date> last = DayIn(due.due_date());
    const std::optional<Date> amber = DayIn(due.amber_date());
    // Amber comes before red or, when there is no amber day, not at all.
    const bool ambers = amber && last && *amber <= *last && !due.reminded() && !due.overdue();
    if (ambers) next = std::min(next, Morning(*amber));
    if (last && !due.overdue()) next = std::min(next, Morning(*last + 1));
  }
  return next;
}

bool OnlyReminded(const v1::Verification& before, const v1::Verification& after) {
  if (after.events_size() <= before.events_size() || after.state() != before.state()) return false;
  return std::all_of(after.events().begin() + before.events_size(), after.events().end(),
                     [](const v1::CaseEvent& event) {
                       return event.kind() == v1::CASE_EVENT_KIND_PROCEDURE_REMINDED ||
                              event.kind() == v1::CASE_EVENT_KIND_PROCEDURE_OVERDUE;
                     });
}

absl::Status CheckProcedure(const v1::Procedure& in, Date today) {
  const Entered entered(today);
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> accepted,
                           entered.Day(in.has_accepted_date(), in.accepted_date(), "accepted_date"));
  CHUANYU_RETURN_IF_ERROR(entered.Day(in.has_asked_date(), in.asked_date(), "asked_date", accepted).status());
  CHUANYU_RETURN_IF_ERROR(
      entered.Day(in.has_survey_date(), in.survey_date(), "survey_date", accepted).status());
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> noticed,
                           entered.Period(in.has_notice_from(), in.notice_from(), "notice_from",
                                          in.has_notice_to(), in.notice_to(), "notice_to", accepted));
  CHUANYU_RETURN_IF_ERROR(entered
                              .Period(in.has_renotice_from(), in.renotice_from(), "renotice_from",
                                      in.has_renotice_to(), in.renotice_to(), "renotice_to",
                                      noticed ? noticed : accepted)
                              .status());
  return entered.Day(in.has_refusal_told_date(), in.refusal_told_date(), "refusal_told_date", accepted)
      .status();
}

}  // namespace chuanyu::family_economy
