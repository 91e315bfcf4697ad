// The time limits of open questions and of the county's own procedure: who is reminded, and what is overdue.
#include <string>

#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "services/family_economy/remote.h"
#include "services/family_economy/rules/progress.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kPage = 500;

}  // namespace

void Remote::AddCounters(Metrics& metrics) {
  for (int group = 1; group < kGroups; ++group) {
    const Labels labels = {{"group", v1::SourceGroup_Name(group).substr(sizeof("SOURCE_GROUP_") - 1)}};
    reminded_[group] = metrics.AddCounter("chuanyu_questions_reminded_total",
                                          "Questions that were open at 80 % of their time limit", labels);
    overdue_[group] = metrics.AddCounter("chuanyu_questions_overdue_total",
                                         "Questions that were open at their time limit", labels);
  }
  acts_reminded_ =
      metrics.AddCounter("chuanyu_procedure_acts_reminded_total",
                         "Acts of a county that were open when a fifth of their time limit was left");
  acts_overdue_ = metrics.AddCounter("chuanyu_procedure_acts_overdue_total",
                                     "Acts of a county that were open after their time limit");
}

void Remote::FollowTimeLimits() {
  const absl::Time now = clock_.Now();
  const absl::StatusOr<std::vector<std::string>> numbers = store_.Due(now, kPage);
  if (!numbers.ok()) {
    LogEvent(Severity::kError, "deadlines_not_checked",
             {{"reason",
               std::string(ReasonName(ReasonOf(numbers.status()).value_or(Reason::STORE_UNAVAILABLE)))}});
    return;
  }
  for (const std::string& number : *numbers) {
    v1::Verification before;
    const absl::StatusOr<v1::Verification> after =
        store_.Change(number, now, [&](v1::Verification* verification) {
          before = *verification;
          return Advance(now, options_.own_region, verification);
        });
    if (!after.ok() || after->version() == before.version()) continue;
    CountFollowed(before, *after);
    CountTold(before, *after);
    changed_(number);
  }
}

void Remote::CountFollowed(const v1::Verification& before, const v1::Verification& after) {
  if (before.remote_queries_size() != after.remote_queries_size()) return;
  for (int i = 0; i < after.remote_queries_size(); ++i) {
    const v1::RemoteQuery& query = after.remote_queries(i);
    const v1::RemoteQuery& old = before.remote_queries(i);
    const int group = query.group() < kGroups ? query.group() : 0;
    if (query.reminded() && !old.reminded()) reminded_[group].Add();
    if (!query.overdue() || old.overdue()) continue;
    overdue_[group].Add();
    // The escalation, for whoever watches the log; persons are in neither.
    LogEvent(Severity::kWarning, "question_overdue",
             {{"verification_no", after.verification_no()},
              {"request_id", query.request_id()},
              {"region", query.region().code()},
              {"group", v1::SourceGroup_Name(query.group())}});
  }
}

void Remote::CountTold(const v1::Verification& before, const v1::Verification& after) {
  for (int i = before.events_size(); i < after.events_size(); ++i) {
    const v1::CaseEvent& event = after.events(i);
    if (event.kind() == v1::CASE_EVENT_KIND_PROCEDURE_REMINDED) acts_reminded_.Add();
    if (event.kind() != v1::CASE_EVENT_KIND_PROCEDURE_OVERDUE) continue;
    acts_overdue_.Add();
    LogEvent(Severity::kWarning, "procedure_overdue",
             {{"verification_no", after.verification_no()},
              {"act", v1::ProcedureAct_Name(event.procedure_act())}});
  }
}

}  // namespace chuanyu::family_economy
