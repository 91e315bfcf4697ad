#include "services/family_economy/rules/procedure.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "common/calendar/proto_date.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/days.h"
#include "services/family_economy/rules/lifecycle.h"
#include "services/family_economy/rules/progress.h"

namespace chuanyu::family_economy {
namespace {

std::optional<NoticePeriod> NoticeOf(const std::optional<Date>& from, const std::optional<Date>& to) {
  if (!from) return std::nullopt;
  return NoticePeriod{.from = *from, .to = to};
}

// Since when nothing is awaited: the day of the last event of the answers.
std::optional<Date> AnsweredOn(const v1::Verification& check) {
  if (AwaitsAnswers(check) || check.state() == v1::VERIFICATION_STATE_EXPIRED) return std::nullopt;
  std::optional<Date> last;
  for (const v1::CaseEvent& event : check.events()) {
    switch (event.kind()) {
      case v1::CASE_EVENT_KIND_CREATED:
      case v1::CASE_EVENT_KIND_PROGRESSED:
      case v1::CASE_EVENT_KIND_SUPPLEMENTED:
      case v1::CASE_EVENT_KIND_CLASS_OVERDUE:
        last = DayOf(event.at());
        break;
      default:
        break;
    }
  }
  return last;
}

absl::StatusOr<Pause> PauseOf(const NoticePeriod& notice, const Limit& limit, const WorkCalendar& calendar) {
  if (notice.to) return Pause{.from = notice.from, .to = *notice.to};
  CHUANYU_ASSIGN_OR_RETURN(const Date to, DeadlineDay(notice.from, limit, {}, calendar));
  return Pause{.from = notice.from, .to = to};
}

// The first day on which the limit is not green; the day after `due` when there is none before. By halves:
// the states follow each other.
absl::StatusOr<Date> AmberDay(Date start, Date due, const Limit& limit, const std::vector<Pause>& pauses,
                              int reminder_bp, const WorkCalendar& calendar) {
  Date from = start + 1;
  Date to = due + 1;
  while (from < to) {
    const Date middle = from + (to - from) / 2;
    CHUANYU_ASSIGN_OR_RETURN(const DeadlineState state,
                             StateOfLimit(start, limit, pauses, middle, reminder_bp, calendar));
    if (state == DeadlineState::kNone) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

class ActCounter {
 public:
  ActCounter(const ProcedureRules& rules, const WorkCalendar& calendar)
      : rules_(rules), calendar_(calendar) {}

  // One that cannot be counted leaves the others alone.
  void Add(v1::ProcedureAct act, Date start, const Limit& limit, const std::vector<Pause>& pauses = {}) {
    const absl::StatusOr<OpenAct> open = Count(act, start, limit, pauses);
    open.ok() ? out_.acts.push_back(*open) : out_.problem.Update(open.status());
  }

  void AddWhole(const ProcedureFacts& facts) {
    std::vector<Pause> pauses;
    const std::pair<const std::optional<NoticePeriod>*, const Limit*> notices[] = {
        {&facts.notice, &rules_.notice}, {&facts.renotice, &rules_.renotice}};
    for (const auto& [notice, limit] : notices) {
      if (!rules_.whole_excludes_notice || !*notice) continue;
      const absl::StatusOr<Pause> pause = PauseOf(**notice, *limit, calendar_);
      if (!pause.ok()) return out_.problem.Update(pause.status());
      pauses.push_back(*pause);
    }
    Add(v1::PROCEDURE_ACT_WHOLE, facts.accepted, facts.special_survey ? rules_.whole_special : rules_.whole,
        pauses);
  }

  OpenActs Take() {
    std::stable_sort(out_.acts.begin(), out_.acts.end(),
                     [](const OpenAct& a, const OpenAct& b) { return a.due < b.due; });
    return std::move(out_);
  }

 private:
  absl::StatusOr<OpenAct> Count(v1::ProcedureAct act, Date start, const Limit& limit,
                                const std::vector<Pause>& pauses) const {
    CHUANYU_ASSIGN_OR_RETURN(const Date due, DeadlineDay(start, limit, pauses, calendar_));
    CHUANYU_ASSIGN_OR_RETURN(const Date amber,
                             AmberDay(start, due, limit, pauses, rules_.reminder_bp, calendar_));
    return OpenAct{.act = act, .due = due, .amber = amber};
  }

  const ProcedureRules& rules_;
  const WorkCalendar& calendar_;
  OpenActs out_;
};

// What was told about the same act and day stays told.
v1::DueAct ToProto(const OpenAct& open, const v1::Verification& before) {
  v1::DueAct out;
  out.set_act(open.act);
  out.mutable_due_date()->set_value(FormatDate(open.due));
  if (open.amber <= open.due) out.mutable_amber_date()->set_value(FormatDate(open.amber));
  for (const v1::DueAct& told : before.due_acts()) {
    if (told.act() != open.act || told.due_date().value() != out.due_date().value()) continue;
    out.set_reminded(told.reminded());
    out.set_overdue(told.overdue());
  }
  return out;
}

bool IsTold(const v1::Verification& check, v1::ProcedureAct act) {
  return std::any_of(check.events().begin(), check.events().end(), [&](const v1::CaseEvent& event) {
    return event.kind() == v1::CASE_EVENT_KIND_PROCEDURE_OVERDUE && event.procedure_act() == act;
  });
}

// A check that was filed too late is so for good: told once, and due no more.
absl::Status TellLateStart(const ProcedureRules& rules, const WorkCalendar& calendar, absl::Time now,
                           v1::Verification* check) {
  const v1::Procedure& procedure = check->procedure();
  const std::optional<Date> asked = DayIn(procedure.asked_date());
  if (!asked || IsTold(*check, v1::PROCEDURE_ACT_CHECK_START)) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const Date due, DeadlineDay(*asked, rules.check_start, {}, calendar));
  if (DayOf(check->create_time()) <= due) return absl::OkStatus();
  RecordEvent(v1::CASE_EVENT_KIND_PROCEDURE_OVERDUE, {.name = "", .now = now}, check);
  check->mutable_events(check->events_size() - 1)->set_procedure_act(v1::PROCEDURE_ACT_CHECK_START);
  return absl::OkStatus();
}

OpenActs Count(const AssessmentPolicy* policy, const WorkCalendar& calendar, absl::Time now,
               const ProcedureFacts& facts, v1::Verification* check) {
  if (policy == nullptr) return {.acts = {}, .problem = MakeError(Reason::CONFIG_INVALID)};
  const absl::StatusOr<const PolicyPeriod*> period = policy->PeriodOn(facts.accepted);
  if (!period.ok()) return {.acts = {}, .problem = period.status()};
  const absl::Status started = TellLateStart((*period)->procedure, calendar, now, check);
  OpenActs open = CountOpenActs(facts, (*period)->procedure, calendar);
  open.problem.Update(started);
  return open;
}

}  // namespace

OpenActs CountOpenActs(const ProcedureFacts& facts, const ProcedureRules& rules,
                       const WorkCalendar& calendar) {
  ActCounter counter(rules, calendar);
  if (facts.decided) {
    const bool to_tell = facts.refused && !facts.refusal_told;
    if (to_tell) counter.Add(v1::PROCEDURE_ACT_REFUSAL_NOTICE, *facts.decided, rules.refusal);
    return counter.Take();
  }
  if (facts.answered) counter.Add(v1::PROCEDURE_ACT_DECISION, *facts.answered, rules.decision);
  if (facts.reviewed) return counter.Take();
  if (!facts.survey) counter.Add(v1::PROCEDURE_ACT_SURVEY, facts.accepted, rules.survey);
  counter.AddWhole(facts);
  return counter.Take();
}

std::optional<ProcedureFacts> ProcedureFactsOf(const v1::Verification& check) {
  switch (check.state()) {
    case v1::VERIFICATION_STATE_ARCHIVED:
    case v1::VERIFICATION_STATE_REJECTED:
    case v1::VERIFICATION_STATE_CANCELLED:
    case v1::VERIFICATION_STATE_REVOKED:
      return std::nullopt;
    default:
      break;
  }
  const bool counted = check.type() == v1::VERIFICATION_TYPE_NEW && HasDibaoRules(check.assist_type());
  if (!counted || check.erased()) return std::nullopt;
  const v1::Procedure& in = check.procedure();
  ProcedureFacts facts{.accepted = DayIn(in.accepted_date()).value_or(DayOf(check.create_time())),
                       .survey = DayIn(in.survey_date()),
                       .answered = AnsweredOn(check),
                       .notice = NoticeOf(DayIn(in.notice_from()), DayIn(in.notice_to())),
                       .renotice = NoticeOf(DayIn(in.renotice_from()), DayIn(in.renotice_to())),
                       .special_survey = in.special_survey(),
                       .refused = check.decision().outcome() == v1::DECISION_OUTCOME_REFUSED,
                       .refusal_told = DayIn(in.refusal_told_date())};
  if (check.has_decision()) facts.decided = DayOf(check.decision().decided_at());
  facts.reviewed = std::any_of(check.earlier_reports().begin(), check.earlier_reports().end(),
                               [](const v1::EarlierReport& earlier) { return earlier.has_decision(); });
  // What was told before the newest decision was another refusal.
  if (facts.refusal_told && facts.decided && *facts.refusal_told < *facts.decided) facts.refusal_told.reset();
  return facts;
}

void CountProcedure(const AssessmentPolicy* policy, const WorkCalendar& calendar, absl::Time now,
                    v1::Verification* check) {
  const v1::Verification before = [&] {
    v1::Verification told;
    told.mutable_due_acts()->Swap(check->mutable_due_acts());
    return told;
  }();
  check->clear_due_problem();
  const std::optional<ProcedureFacts> facts = ProcedureFactsOf(*check);
  if (!facts) return;
  const OpenActs open = Count(policy, calendar, now, *facts, check);
  for (const OpenAct& one : open.acts) *check->add_due_acts() = ToProto(one, before);
  if (open.problem.ok()) return;
  // Said instead of guessed: a Monday-to-Friday day would look like any other.
  const Reason reason = ReasonOf(open.problem).value_or(Reason::INTERNAL);
  check->set_due_problem(std::string(ReasonName(reason)));
}

}  // namespace chuanyu::family_economy
