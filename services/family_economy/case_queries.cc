// What CaseStore is searched for.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/crypto/sealed_text.h"
#include "common/errors/error.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/due_acts.h"

namespace chuanyu::family_economy {
namespace {

// What SummaryOf reads, after the first column.
constexpr char kSummary[] =
    "verification_no, request_id, state, version, assist_type, created_ms, household, review_tier, "
    "review_day, erased, due_act, due_day, amber_day, due_problem";

// LightOn in SQL, on the day :today.
constexpr char kLight[] =
    "(CASE WHEN due_day = '' THEN 1 WHEN due_day < :today THEN 4 WHEN amber_day <= :today THEN 3 ELSE 2 END)";
static_assert(cases::v1::DEADLINE_LIGHT_NONE == 1 && cases::v1::DEADLINE_LIGHT_GREEN == 2 &&
              cases::v1::DEADLINE_LIGHT_AMBER == 3 && cases::v1::DEADLINE_LIGHT_RED == 4);

v1::VerificationSummary SummaryOf(const sql::Row& row, Date today) {
  v1::VerificationSummary line;
  line.set_verification_no(sql::TextOf(row[1]));
  line.set_request_id(sql::TextOf(row[2]));
  line.set_state(static_cast<v1::VerificationState>(sql::IntOf(row[3])));
  line.set_version(sql::IntOf(row[4]));
  line.set_assist_type(sql::TextOf(row[5]));
  *line.mutable_create_time() = TimestampOf(absl::FromUnixMillis(sql::IntOf(row[6])));
  line.set_household_id(sql::TextOf(row[7]));
  line.set_review_tier(static_cast<v1::BatchTier>(sql::IntOf(row[8])));
  if (const std::string day = sql::TextOf(row[9]); !day.empty())
    line.mutable_next_review_date()->set_value(day);
  line.set_erased(sql::IntOf(row[10]) != 0);
  v1::DueAct due;
  due.set_act(static_cast<v1::ProcedureAct>(sql::IntOf(row[11])));
  due.mutable_due_date()->set_value(sql::TextOf(row[12]));
  due.mutable_amber_date()->set_value(sql::TextOf(row[13]));
  line.set_due_act(due.act());
  if (!due.due_date().value().empty()) *line.mutable_due_date() = due.due_date();
  line.set_light(LightOn(due, today));
  line.set_due_problem(sql::TextOf(row[14]));
  return line;
}

}  // namespace

absl::StatusOr<CaseStore::Page> CaseStore::List(const std::string& org, const ListFilter& filter,
                                                int page_size, int64_t before) {
  std::string where = "org = :org";
  sql::Binds binds = {{"org", org}};
  const auto add = [&](const char* condition, const char* name, sql::Value value) {
    absl::StrAppend(&where, " AND ", condition, " :", name);
    binds[name] = std::move(value);
  };
  if (filter.state != v1::VERIFICATION_STATE_UNSPECIFIED) add("state =", "state", int64_t{filter.state});
  if (!filter.assist_type.empty()) add("assist_type =", "assist", filter.assist_type);
  if (filter.created_from != absl::InfinitePast()) {
    add("created_ms >=", "first", absl::ToUnixMillis(filter.created_from));
  }
  if (filter.created_before != absl::InfiniteFuture()) {
    add("created_ms <", "end", absl::ToUnixMillis(filter.created_before));
  }
  if (!filter.review_due_by.empty()) {
    add("review_day <> '' AND review_day <=", "due", filter.review_due_by);
  }
  if (filter.review_tier != v1::BATCH_TIER_UNSPECIFIED) {
    add("review_tier =", "tier", int64_t{filter.review_tier});
  }
  if (filter.light != cases::v1::DEADLINE_LIGHT_UNSPECIFIED) {
    absl::StrAppend(&where, " AND ", kLight, " = :light");
    binds["light"] = int64_t{filter.light};
    binds["today"] = FormatDate(filter.today);
  }
  if (before > 0) add("seq <", "before", before);
  Page page;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                             session.Query(absl::StrCat("SELECT seq, ", kSummary, " FROM fe_case WHERE ",
                                                        where, " ORDER BY seq DESC LIMIT ", page_size + 1),
                                           binds));
    for (const sql::Row& row : found.rows) {
      if (page.checks.size() == static_cast<size_t>(page_size)) return absl::OkStatus();
      page.checks.push_back(SummaryOf(row, filter.today));
      page.next_before = sql::IntOf(row[0]);
    }
    page.next_before = 0;
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<std::vector<v1::OverviewLine>> CaseStore::CountByLight(const std::string& org, Date today) {
  sql::Binds binds = {{"today", FormatDate(today)}};
  std::string where;
  if (!org.empty()) {
    where = " WHERE org = :org";
    binds["org"] = org;
  }
  std::vector<v1::OverviewLine> lines;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT state, ", kLight, " AS light, COUNT(*), MIN(due_day) FROM fe_case",
                                   where, " GROUP BY 1, 2 ORDER BY 1, 2 DESC"),
                      binds));
    for (const sql::Row& row : found.rows) {
      v1::OverviewLine& line = lines.emplace_back();
      line.set_state(static_cast<v1::VerificationState>(sql::IntOf(row[0])));
      line.set_light(static_cast<cases::v1::DeadlineLight>(sql::IntOf(row[1])));
      line.set_count(sql::IntOf(row[2]));
      const std::string earliest = sql::TextOf(row[3]);
      if (!earliest.empty()) line.mutable_earliest_due_date()->set_value(earliest);
    }
    return absl::OkStatus();
  }));
  return lines;
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
      CHUANYU_ASSIGN_OR_RETURN(question.payload, crypto::OpenText(sealer_, sql::TextOf(row[2]),
                                                                  QuestionSealName(question.request_id)));
      CHUANYU_ASSIGN_OR_RETURN(question.verification, Load(session, sql::TextOf(row[1])));
    }
    return absl::OkStatus();
  }));
  return questions;
}

absl::StatusOr<std::vector<std::string>> CaseStore::Due(absl::Time now, int limit) {
  std::vector<std::string> numbers;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(
            absl::StrCat("SELECT verification_no FROM fe_case WHERE next_ms > 0 AND next_ms <= :now "
                         "ORDER BY next_ms LIMIT ",
                         limit),
            {{"now", absl::ToUnixMillis(now)}}));
    for (const sql::Row& row : found.rows) numbers.push_back(sql::TextOf(row[0]));
    return absl::OkStatus();
  }));
  return numbers;
}

absl::StatusOr<std::map<std::string, int64_t>> CaseStore::Versions(const std::vector<std::string>& numbers) {
  std::map<std::string, int64_t> versions;
  if (numbers.empty()) return versions;
  sql::Binds binds;
  const std::string names = sql::BindList(numbers, &binds);
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT verification_no, version FROM fe_case WHERE verification_no IN (",
                                   names, ")"),
                      binds));
    for (const sql::Row& row : found.rows) versions[sql::TextOf(row[0])] = sql::IntOf(row[1]);
    return absl::OkStatus();
  }));
  return versions;
}

absl::StatusOr<std::vector<std::string>> CaseStore::KeptSince(absl::Time before, int limit) {
  std::vector<std::string> numbers;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(
            absl::StrCat("SELECT verification_no FROM fe_case WHERE erased = 0 AND changed_ms > 0 AND "
                         "changed_ms < :before AND state NOT IN (",
                         int{v1::VERIFICATION_STATE_ACCEPTED}, ", ", int{v1::VERIFICATION_STATE_DISPATCHED},
                         ", ", int{v1::VERIFICATION_STATE_QUERYING}, ", ",
                         int{v1::VERIFICATION_STATE_REVIEWING}, ") ORDER BY changed_ms LIMIT ", limit),
            {{"before", absl::ToUnixMillis(before)}}));
    for (const sql::Row& row : found.rows) numbers.push_back(sql::TextOf(row[0]));
    return absl::OkStatus();
  }));
  return numbers;
}

absl::StatusOr<int64_t> CaseStore::ReleaseApplicants(absl::Time now, int limit) {
  int64_t released = 0;
  CHUANYU_RETURN_IF_ERROR(pool_.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        released, session.Execute(absl::StrCat("DELETE FROM fe_applicant WHERE person IN (SELECT person FROM "
                                               "fe_applicant WHERE until_ms <= :now LIMIT ",
                                               limit, ")"),
                                  {{"now", absl::ToUnixMillis(now)}}));
    return session
        .Execute(absl::StrCat("DELETE FROM fe_foreign_question WHERE request_id IN (SELECT request_id FROM "
                              "fe_foreign_question WHERE until_ms <= :now LIMIT ",
                              limit, ") AND until_ms <= :now"),
                 {{"now", absl::ToUnixMillis(now - kEndComesWithin)}})
        .status();
  }));
  return released;
}

}  // namespace chuanyu::family_economy
