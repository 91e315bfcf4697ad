// What CaseStore is searched for.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/case_store.h"

namespace chuanyu::family_economy {

absl::StatusOr<CaseStore::Page> CaseStore::List(const std::string& org, v1::VerificationState state,
                                                int page_size, int64_t before) {
  std::string where = "org = :org";
  sql::Binds binds = {{"org", org}};
  if (state != v1::VERIFICATION_STATE_UNSPECIFIED) {
    where += " AND state = :state";
    binds["state"] = int64_t{state};
  }
  if (before > 0) {
    where += " AND seq < :before";
    binds["before"] = before;
  }
  Page page;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(
            absl::StrCat("SELECT verification_no, request_id, state, version, seq FROM fe_case WHERE ", where,
                         " ORDER BY seq DESC LIMIT ", page_size + 1),
            binds));
    for (const sql::Row& row : found.rows) {
      if (page.checks.size() == static_cast<size_t>(page_size)) return absl::OkStatus();
      v1::VerificationSummary& line = page.checks.emplace_back();
      line.set_verification_no(sql::TextOf(row[0]));
      line.set_request_id(sql::TextOf(row[1]));
      line.set_state(static_cast<v1::VerificationState>(sql::IntOf(row[2])));
      line.set_version(sql::IntOf(row[3]));
      page.next_before = sql::IntOf(row[4]);
    }
    page.next_before = 0;
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<std::string> CaseStore::CaseOfQuestion(const std::string& request_id) {
  std::string number;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                             session.Query("SELECT verification_no FROM fe_question WHERE request_id = :id",
                                           {{"id", request_id}}));
    if (found.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND);
    number = sql::TextOf(found.rows[0][0]);
    return absl::OkStatus();
  }));
  return number;
}

absl::StatusOr<std::vector<OpenQuestion>> CaseStore::Unsubmitted(const std::string& after, int limit) {
  std::vector<OpenQuestion> questions;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT request_id, verification_no, sealed FROM fe_question WHERE "
                                   "submitted = 0 AND answered = 0 AND request_id > :after "
                                   "ORDER BY request_id LIMIT ",
                                   limit),
                      {{"after", after}}));
    for (const sql::Row& row : found.rows) {
      OpenQuestion& question = questions.emplace_back();
      question.request_id = sql::TextOf(row[0]);
      CHUANYU_ASSIGN_OR_RETURN(question.payload,
                               OpenText(sql::TextOf(row[2]), QuestionSealName(question.request_id)));
      CHUANYU_ASSIGN_OR_RETURN(question.verification, Load(session, sql::TextOf(row[1])));
    }
    return absl::OkStatus();
  }));
  return questions;
}

absl::StatusOr<std::vector<std::string>> CaseStore::Overdue(absl::Time now, int limit) {
  std::vector<std::string> numbers;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(
            absl::StrCat("SELECT verification_no FROM fe_case WHERE state IN (",
                         int{v1::VERIFICATION_STATE_ACCEPTED}, ", ", int{v1::VERIFICATION_STATE_DISPATCHED},
                         ", ", int{v1::VERIFICATION_STATE_QUERYING},
                         ") AND deadline_ms <= :now ORDER BY deadline_ms LIMIT ", limit),
            {{"now", absl::ToUnixMillis(now)}}));
    for (const sql::Row& row : found.rows) numbers.push_back(sql::TextOf(row[0]));
    return absl::OkStatus();
  }));
  return numbers;
}

}  // namespace chuanyu::family_economy
