#include "services/family_economy/rules/progress.h"

#include <algorithm>

#include "common/errors/error.h"
#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/lifecycle.h"
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

// Also among those that a review has put aside.
v1::RemoteQuery* FindAnyQuery(const std::string& request_id, v1::Verification* verification) {
  v1::RemoteQuery* found = FindQuery(request_id, verification->mutable_remote_queries());
  for (v1::EarlierReport& earlier : *verification->mutable_earlier_reports()) {
    if (found == nullptr) found = FindQuery(request_id, earlier.mutable_remote_queries());
  }
  return found;
}

void GiveUpWaiting(v1::Verification* verification) {
  for (const v1::RemoteQuery& query : verification->remote_queries()) {
    if (query.answered()) continue;
    const std::vector<v1::DataClass> classes = ClassesOf(query);
    AddResults(query.member_id(), query.region().code(),
               WithoutAnswer(classes, v1::RESULT_STATE_NOT_CHECKED,
                             std::string(ReasonName(Reason::DEADLINE_PASSED))),
               verification);
  }
}

CaseFacts FactsOf(const v1::Verification& verification, bool deadline_passed) {
  CaseFacts facts{.queries = verification.remote_queries_size(), .deadline_passed = deadline_passed};
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

void AddResults(const std::string& member_id, const std::string& region,
                const std::vector<v1::ClassResult>& results, v1::Verification* verification) {
  for (const v1::ClassResult& result : results) {
    v1::MemberResult& out = *verification->add_results();
    out.set_member_id(member_id);
    out.mutable_region()->set_code(region);
    *out.mutable_result() = result;
  }
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
  query->set_answered(true);
  if (!IsPending(verification->state())) {
    query->set_outcome(std::string(ReasonName(Reason::DEADLINE_PASSED)));
    return true;
  }
  query->set_outcome(outcome);
  AddResults(query->member_id(), query->region().code(), results, verification);
  return true;
}

bool Advance(absl::Time now, const std::string& own_region, v1::Verification* verification) {
  const v1::VerificationState before = verification->state();
  if (!IsPending(before)) return false;
  const bool deadline_passed = now >= absl::FromUnixSeconds(verification->deadline().seconds()) +
                                          absl::Nanoseconds(verification->deadline().nanos());
  if (deadline_passed) GiveUpWaiting(verification);
  const v1::VerificationState after = NextState(before, FactsOf(*verification, deadline_passed));
  verification->set_state(after);
  FindDuplicatesAndDiscrepancies(own_region, verification);
  if (HasReport(after) && !IsPending(after)) CompleteReport(now, verification);
  if (after != before) RecordEvent(v1::CASE_EVENT_KIND_PROGRESSED, {.name = "", .now = now}, verification);
  return after != before;
}

v1::Verification ViewOf(const v1::Verification& verification, bool full) {
  v1::Verification view = verification;
  if (!full) {
    view.clear_household();
    view.clear_authorization();
    // What officers and citizens write may name persons.
    if (view.has_review()) view.mutable_review()->clear_note();
    if (view.has_decision()) view.mutable_decision()->clear_note();
    if (view.has_economy()) ClearNotes(view.mutable_economy());
    for (v1::EarlierReport& earlier : *view.mutable_earlier_reports()) {
      if (earlier.has_economy()) ClearNotes(earlier.mutable_economy());
      if (earlier.has_decision()) earlier.mutable_decision()->clear_note();
    }
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
