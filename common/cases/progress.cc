#include "common/cases/progress.h"

#include <algorithm>
#include <vector>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"

namespace chuanyu::cases {
namespace {

// Domain page §3.13: green while more than 20 % is left.
constexpr int kAmberFromBp = 8'000;

// Dates of a list that this file wrote are well-formed; one that was spoilt outside is an error, not a guess.
absl::StatusOr<Date> Read(const type::v1::Date& date) { return ParseDate(date.value(), "steps"); }

absl::StatusOr<std::vector<Pause>> PausesOf(const v1::CaseStep& step) {
  std::vector<Pause> out;
  for (const v1::CasePause& pause : step.pauses()) {
    CHUANYU_ASSIGN_OR_RETURN(const Date from, Read(pause.from()));
    CHUANYU_ASSIGN_OR_RETURN(const Date to, Read(pause.to()));
    out.push_back({.from = from, .to = to});
  }
  return out;
}

bool StandsStill(const v1::CaseStep& step) {
  return !step.pauses().empty() && !step.pauses(step.pauses_size() - 1).has_to();
}

absl::Status SetDue(const Flow& flow, const WorkCalendar& calendar, v1::CaseStep* step) {
  step->clear_due();
  const Step* const known = flow.FindStep(step->step());
  if (known == nullptr || !known->limit || StandsStill(*step)) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const Date begun, Read(step->begun()));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Pause> pauses, PausesOf(*step));
  CHUANYU_ASSIGN_OR_RETURN(const Date due, DeadlineDay(begun, *known->limit, pauses, calendar));
  step->mutable_due()->set_value(FormatDate(due));
  return absl::OkStatus();
}

absl::StatusOr<v1::CaseStep> NewStep(const Flow& flow, const WorkCalendar& calendar, const std::string& name,
                                     Date today) {
  v1::CaseStep step;
  step.set_step(name);
  step.mutable_begun()->set_value(FormatDate(today));
  CHUANYU_RETURN_IF_ERROR(SetDue(flow, calendar, &step));
  return step;
}

// What follows a supplement: the step that it interrupted, its clock running again.
absl::StatusOr<v1::CaseStep> Resumed(const Flow& flow, const WorkCalendar& calendar, const Steps& steps,
                                     Date today) {
  if (steps.size() < 2) return MakeError(Reason::STATE_CONFLICT, {.field = "steps"});
  v1::CaseStep step = steps.Get(steps.size() - 2);
  const Step* const known = flow.FindStep(step.step());
  if (known == nullptr || !StandsStill(step)) return MakeError(Reason::STATE_CONFLICT, {.field = "steps"});
  step.clear_done();
  step.clear_late();
  step.clear_act();
  step.clear_role();
  step.clear_officer_id();
  step.clear_org();
  if (known->restarts) {
    step.clear_pauses();
    step.mutable_begun()->set_value(FormatDate(today));
  } else {
    step.mutable_pauses(step.pauses_size() - 1)->mutable_to()->set_value(FormatDate(today));
  }
  CHUANYU_RETURN_IF_ERROR(SetDue(flow, calendar, &step));
  return step;
}

absl::Status CheckActor(const Act& act, const Actor& actor) {
  if (std::find(act.by.begin(), act.by.end(), actor.role) == act.by.end()) {
    return MakeError(Reason::ROLE_DENIED, {.field = "role"});
  }
  if (actor.role == kSystem) return absl::OkStatus();
  if (!IsToken(actor.officer_id, 64, ".")) {
    return MakeError(Reason::BAD_REQUEST, {.field = "officer_id", .detail = "not 1 to 64 of [A-Za-z0-9._-]"});
  }
  return absl::OkStatus();
}

void End(const std::string& act, const Actor& actor, Date today, bool late, v1::CaseStep* step) {
  step->mutable_done()->set_value(FormatDate(today));
  step->set_late(late);
  step->set_act(act);
  step->set_role(actor.role);
  step->set_officer_id(actor.officer_id);
  step->set_org(actor.org);
}

}  // namespace

const v1::CaseStep& Current(const Steps& steps) { return steps.Get(steps.size() - 1); }

bool IsOver(const Flow& flow, const Steps& steps) {
  const Step* const step = flow.FindStep(Current(steps).step());
  return step != nullptr && step->kind == StepKind::kEnd;
}

absl::Status Begin(const Flow& flow, const WorkCalendar& calendar, const std::string& step, Date today,
                   Steps* steps) {
  CHUANYU_ASSIGN_OR_RETURN(*steps->Add(), NewStep(flow, calendar, step, today));
  return absl::OkStatus();
}

absl::Status Perform(const Flow& flow, const WorkCalendar& calendar, const std::string& name,
                     const Actor& actor, Date today, Steps* steps) {
  v1::CaseStep current = Current(*steps);
  const Act* const act = flow.FindAct(current.step(), name);
  if (act == nullptr)
    return MakeError(Reason::STATE_CONFLICT, {.field = "act", .detail = "not in this step"});
  CHUANYU_RETURN_IF_ERROR(CheckActor(*act, actor));
  CHUANYU_ASSIGN_OR_RETURN(const Date begun, Read(current.begun()));
  if (today < begun) {
    return MakeError(Reason::STATE_CONFLICT, {.field = "act", .detail = "before the step began"});
  }
  bool late = false;
  if (current.has_due()) {
    CHUANYU_ASSIGN_OR_RETURN(const Date due, Read(current.due()));
    late = today > due;
  }
  End(name, actor, today, late, &current);
  v1::CaseStep next;
  if (!act->to) {
    CHUANYU_ASSIGN_OR_RETURN(next, Resumed(flow, calendar, *steps, today));
  } else {
    CHUANYU_ASSIGN_OR_RETURN(next, NewStep(flow, calendar, *act->to, today));
    if (flow.FindStep(*act->to)->kind == StepKind::kSupplement) {
      // The day of the notice is not used up: part of it is left.
      current.add_pauses()->mutable_from()->set_value(FormatDate(today));
      current.clear_due();
    }
  }
  *steps->Mutable(steps->size() - 1) = std::move(current);
  *steps->Add() = std::move(next);
  return absl::OkStatus();
}

absl::StatusOr<v1::DeadlineLight> LightOf(const Flow& flow, const WorkCalendar& calendar, const Steps& steps,
                                          Date today) {
  const v1::CaseStep& current = Current(steps);
  const Step* const known = flow.FindStep(current.step());
  if (known == nullptr || !known->limit || !current.has_due()) return v1::DEADLINE_LIGHT_NONE;
  CHUANYU_ASSIGN_OR_RETURN(const Date begun, Read(current.begun()));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Pause> pauses, PausesOf(current));
  CHUANYU_ASSIGN_OR_RETURN(const DeadlineState state,
                           StateOfLimit(begun, *known->limit, pauses, today, kAmberFromBp, calendar));
  switch (state) {
    case DeadlineState::kNone:
      return v1::DEADLINE_LIGHT_GREEN;
    case DeadlineState::kRemind:
      return v1::DEADLINE_LIGHT_AMBER;
    case DeadlineState::kEscalate:
      return v1::DEADLINE_LIGHT_RED;
  }
  return v1::DEADLINE_LIGHT_RED;
}

}  // namespace chuanyu::cases
