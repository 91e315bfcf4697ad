#include "services/family_economy/rules/progress.h"

#include <algorithm>

#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/due_acts.h"
#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/lifecycle.h"
#include "services/family_economy/rules/notes_shown.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {
namespace {

using Queries = google::protobuf::RepeatedPtrField<v1::RemoteQuery>;

v1::RemoteQuery* FindQuery(const std::string& request_id, Queries* queries) {
  for (v1::RemoteQuery& query : *queries) {
    if (query.request_id() == request_id) return &query;
  }
  return nullptr;
}

bool HasOpenQuery(const v1::Verification& verification) {
  return std::any_of(verification.remote_queries().begin(), verification.remote_queries().end(),
                     [](const v1::RemoteQuery& query) { return !query.answered(); });
}

// A report that somebody may have read is kept as it was; the next one gets a number of its own.
void SupersedeReport(v1::Verification* verification) {
  const bool made =
      verification->state() == v1::VERIFICATION_STATE_PARTIAL && verification->report().has_generated_at();
  if (!made) return;
  PutReportAside(verification);
  verification->mutable_report()->clear_generated_at();
}

void RecordQuestionEvent(v1::CaseEventKind kind, const v1::RemoteQuery& query, absl::Time now,
                         v1::Verification* verification) {
  RecordEvent(kind, {.name = "", .now = now}, verification);
  v1::CaseEvent& event = *verification->mutable_events(verification->events_size() - 1);
  event.set_question_id(query.request_id());
  *event.mutable_classes() = query.classes();
}

void SetUnchecked(const v1::RemoteQuery& query, Reason reason, v1::Verification* verification) {
  AddResults(query.member_id(), query.region().code(),
             WithoutAnswer(ClassesOf(query), v1::RESULT_STATE_NOT_CHECKED, std::string(ReasonName(reason))),
             verification);
}

// Nobody waits for it any more. The exchange ends what it carries at the same instant by itself; a
// department's server has to be told.
void Close(const std::string& own_region, v1::RemoteQuery* query, v1::Verification* verification) {
  query->set_answered(true);
  query->set_withdrawn(query->region().code() == own_region);
  query->set_outcome(std::string(ReasonName(Reason::DEADLINE_PASSED)));
  SetUnchecked(*query, Reason::DEADLINE_PASSED, verification);
}

// Reminders and time limits of the open questions. True when anything changed.
bool Follow(absl::Time now, const std::string& own_region, v1::Verification* verification) {
  bool changed = false;
  for (v1::RemoteQuery& query : *verification->mutable_remote_queries()) {
    if (query.answered() || !query.has_due_time()) continue;
    const bool due = now >= TimeOf(query.due_time());
    if (!due && query.has_remind_time() && now >= TimeOf(query.remind_time()) && !query.reminded()) {
      query.set_reminded(true);
      RecordQuestionEvent(v1::CASE_EVENT_KIND_CLASS_REMINDED, query, now, verification);
      changed = true;
    }
    if (!due || query.overdue()) continue;
    SupersedeReport(verification);
    query.set_overdue(true);
    RecordQuestionEvent(v1::CASE_EVENT_KIND_CLASS_OVERDUE, query, now, verification);
    // Own data that is late is mostly a line that is down: it stays queued there (domain page §3.12).
    if (query.group() != v1::SOURCE_GROUP_OWN_DATA) Close(own_region, &query, verification);
    changed = true;
  }
  return changed;
}

void CloseAll(const std::string& own_region, v1::Verification* verification) {
  for (v1::RemoteQuery& query : *verification->mutable_remote_queries()) {
    if (query.answered()) continue;
    SupersedeReport(verification);
    Close(own_region, &query, verification);
  }
}

// What a first report says of those who may still answer.
void MarkAwaited(v1::Verification* verification) {
  for (const v1::RemoteQuery& query : verification->remote_queries()) {
    if (query.answered()) continue;
    SetUnchecked(query, query.overdue() ? Reason::DEADLINE_PASSED : Reason::ANSWER_PENDING, verification);
  }
}

CaseFacts FactsOf(const v1::Verification& verification, absl::Time now, bool deadline_passed) {
  CaseFacts facts{.queries = verification.remote_queries_size(), .deadline_passed = deadline_passed};
  facts.partial_due = verification.has_partial_time() && now >= TimeOf(verification.partial_time());
  for (const v1::RemoteQuery& query : verification.remote_queries()) {
    facts.submitted += query.submitted() ? 1 : 0;
    facts.answered += query.answered() ? 1 : 0;
  }
  int checked = 0;
  for (const v1::MemberResult& result : verification.results()) {
    const v1::ResultState state = result.result().state();
    if (state == v1::RESULT_STATE_HIT || state == v1::RESULT_STATE_NO_HIT) ++checked;
  }
  facts.any_checked = checked > 0;
  facts.all_checked = checked == verification.results_size();
  return facts;
}

}  // namespace

std::map<std::string, const v1::RemoteQuery*> AllQueries(const v1::Verification& verification) {
  std::map<std::string, const v1::RemoteQuery*> queries;
  for (const v1::RemoteQuery& query : verification.remote_queries()) queries[query.request_id()] = &query;
  for (const v1::EarlierReport& earlier : verification.earlier_reports()) {
    for (const v1::RemoteQuery& query : earlier.remote_queries()) queries[query.request_id()] = &query;
  }
  return queries;
}

v1::RemoteQuery* FindAnyQuery(const std::string& request_id, v1::Verification* verification) {
  v1::RemoteQuery* found = FindQuery(request_id, verification->mutable_remote_queries());
  for (v1::EarlierReport& earlier : *verification->mutable_earlier_reports()) {
    if (found == nullptr) found = FindQuery(request_id, earlier.mutable_remote_queries());
  }
  return found;
}

void AddResults(const std::string& member_id, const std::string& region,
                const std::vector<v1::ClassResult>& results, v1::Verification* verification) {
  auto& known = *verification->mutable_results();
  for (const v1::ClassResult& result : results) {
    const auto same = std::find_if(known.begin(), known.end(), [&](const v1::MemberResult& one) {
      return one.member_id() == member_id && one.region().code() == region &&
             one.result().data_class() == result.data_class();
    });
    v1::MemberResult& out = same == known.end() ? *known.Add() : *same;
    out.set_member_id(member_id);
    out.mutable_region()->set_code(region);
    *out.mutable_result() = result;
  }
}

bool AwaitsAnswers(const v1::Verification& verification) {
  if (IsPending(verification.state())) return true;
  return verification.state() == v1::VERIFICATION_STATE_PARTIAL && !verification.has_decision() &&
         HasOpenQuery(verification);
}

bool MarkSubmitted(const std::string& request_id, v1::Verification* verification) {
  v1::RemoteQuery* const query = FindAnyQuery(request_id, verification);
  if (query == nullptr || query->submitted()) return false;
  query->set_submitted(true);
  return true;
}

bool TakeAnswer(const std::string& request_id, const std::string& outcome,
                const std::vector<v1::ClassResult>& results, v1::Verification* verification) {
  v1::RemoteQuery* const query = FindQuery(request_id, verification->mutable_remote_queries());
  if (query == nullptr || query->answered()) return false;
  const bool awaited = AwaitsAnswers(*verification);
  query->set_answered(true);
  if (!awaited) {
    query->set_outcome(std::string(ReasonName(Reason::DEADLINE_PASSED)));
    return true;
  }
  SupersedeReport(verification);
  query->set_outcome(outcome);
  AddResults(query->member_id(), query->region().code(), results, verification);
  return true;
}

bool Advance(absl::Time now, const std::string& own_region, v1::Verification* verification) {
  const bool told = FollowDueActs(now, verification);
  const v1::VerificationState before = verification->state();
  const bool superseded = before == v1::VERIFICATION_STATE_PARTIAL && verification->has_report() &&
                          !verification->report().has_generated_at();
  if (!AwaitsAnswers(*verification) && !superseded) return told;
  bool changed = Follow(now, own_region, verification) || superseded || told;
  const bool deadline_passed = now >= TimeOf(verification->deadline());
  if (deadline_passed) CloseAll(own_region, verification);
  const v1::VerificationState after = NextState(before, FactsOf(*verification, now, deadline_passed));
  changed = changed || after != before;
  verification->set_state(after);
  if (after == v1::VERIFICATION_STATE_PARTIAL) MarkAwaited(verification);
  FindDuplicatesAndDiscrepancies(own_region, verification);
  const bool stale = after != before || !verification->report().has_generated_at();
  if (HasReport(after) && !IsPending(after) && stale) CompleteReport(now, verification);
  if (superseded) RecordEvent(v1::CASE_EVENT_KIND_SUPPLEMENTED, {.name = "", .now = now}, verification);
  if (after != before) RecordEvent(v1::CASE_EVENT_KIND_PROGRESSED, {.name = "", .now = now}, verification);
  return changed;
}

absl::Time NextWake(absl::Time now, const v1::Verification& verification) {
  absl::Time next = NextDueWake(verification);
  if (!AwaitsAnswers(verification)) return next;
  next = std::min(next, TimeOf(verification.deadline()));
  if (verification.has_partial_time() && TimeOf(verification.partial_time()) > now) {
    next = std::min(next, TimeOf(verification.partial_time()));
  }
  for (const v1::RemoteQuery& query : verification.remote_queries()) {
    if (query.answered() || !query.has_due_time() || query.overdue()) continue;
    next = std::min(next, TimeOf(query.due_time()));
    if (query.has_remind_time() && !query.reminded()) next = std::min(next, TimeOf(query.remind_time()));
  }
  return next;
}

v1::Verification ViewOf(const v1::Verification& verification, bool full, absl::Time now) {
  v1::Verification view = verification;
  ShowLights(now, &view);
  if (!full) {
    view.clear_household();
    view.clear_authorization();
    ClearNotes(&view);
  }
  // Until the report is made it holds the masked persons only.
  // A review shows the report that it contests until its own is there.
  if (view.state() == v1::VERIFICATION_STATE_REVIEWING && !view.earlier_reports().empty()) {
    *view.mutable_report() = view.earlier_reports(view.earlier_reports_size() - 1).report();
  }
  if (!HasReport(view.state())) view.clear_report();
  return view;
}

}  // namespace chuanyu::family_economy
