// The questions in CaseStore that nobody has answered.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "services/family_economy/case_store.h"

namespace chuanyu::family_economy {
namespace {

// Of a row of OpenQuestions: what its columns tell.
v1::OpenQuestionView ViewOfRow(const sql::Row& row) {
  v1::OpenQuestionView view;
  view.set_request_id(sql::TextOf(row[0]));
  view.set_verification_no(sql::TextOf(row[1]));
  view.mutable_region()->set_code(sql::TextOf(row[2]));
  view.set_group(static_cast<v1::SourceGroup>(sql::IntOf(row[3])));
  *view.mutable_ask_time() = TimestampOf(absl::FromUnixMillis(sql::IntOf(row[4])));
  *view.mutable_due_time() = TimestampOf(absl::FromUnixMillis(sql::IntOf(row[5])));
  view.set_holder(sql::IntOf(row[6]) == 0 ? v1::QUESTION_HOLDER_NOT_SENT : v1::QUESTION_HOLDER_OTHER_REGION);
  return view;
}

}  // namespace

absl::StatusOr<std::vector<v1::OpenQuestionView>> CaseStore::OpenQuestions(const OpenFilter& filter,
                                                                           int64_t after_due_ms,
                                                                           const std::string& after_id,
                                                                           int limit) {
  std::string where = "q.answered = 0 AND (q.due_ms > :due OR (q.due_ms = :due AND q.request_id > :id))";
  sql::Binds binds = {{"due", after_due_ms}, {"id", after_id}};
  if (!filter.org.empty()) {
    where += " AND c.org = :org";
    binds["org"] = filter.org;
  }
  if (!filter.region.empty()) {
    where += " AND q.region = :region";
    binds["region"] = filter.region;
  }
  if (filter.due_before != absl::InfiniteFuture()) {
    where += " AND q.due_ms <= :before";
    binds["before"] = absl::ToUnixMillis(filter.due_before);
  }
  std::vector<v1::OpenQuestionView> views;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT q.request_id, q.verification_no, q.region, q.source_group, "
                                   "q.asked_ms, q.due_ms, q.submitted FROM fe_question q JOIN fe_case c ON "
                                   "c.verification_no = q.verification_no WHERE ",
                                   where, " ORDER BY q.due_ms, q.request_id LIMIT ", limit),
                      binds));
    for (const sql::Row& row : found.rows) {
      v1::OpenQuestionView& view = views.emplace_back(ViewOfRow(row));
      // Classes are told by the check itself, and nothing else of it.
      CHUANYU_ASSIGN_OR_RETURN(const v1::Verification check, Load(session, view.verification_no()));
      for (const v1::RemoteQuery& query : check.remote_queries()) {
        if (query.request_id() == view.request_id()) *view.mutable_classes() = query.classes();
      }
    }
    return absl::OkStatus();
  }));
  return views;
}

absl::StatusOr<std::string> CaseStore::OrgOf(const std::string& verification_no) {
  std::string org;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query("SELECT org FROM fe_case WHERE verification_no = :no", {{"no", verification_no}}));
    if (found.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND, {.field = "verification_no"});
    org = sql::TextOf(found.rows[0][0]);
    return absl::OkStatus();
  }));
  return org;
}

}  // namespace chuanyu::family_economy
