#include "common/case_service/case_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace chuanyu {
namespace {

constexpr char kColumns[] =
    "SELECT application_no, seq, org, window_region, subject, claim_id, state, version, sealed FROM ";

}  // namespace

std::vector<std::string> CaseRows::Statements(const std::string& prefix) {
  return {// One row a case; `sealed` is the application, Base64, the other columns hold nothing of a person
          // but `subject`, a blind index. `window_region` is where the window is: here, or the region that
          // pushed it.
          absl::StrCat("CREATE TABLE ", prefix,
                       "_application (application_no VARCHAR(40) PRIMARY KEY, seq BIGINT NOT NULL UNIQUE, "
                       "org VARCHAR(128) NOT NULL, window_region VARCHAR(6) NOT NULL, "
                       "subject VARCHAR(64) NOT NULL, claim_id VARCHAR(36) NOT NULL UNIQUE, "
                       "state BIGINT NOT NULL, version BIGINT NOT NULL, sealed TEXT NOT NULL)"),
          // What callers asked for, so that a repeat is known. `number` is what it was about.
          absl::StrCat("CREATE TABLE ", prefix,
                       "_act (org VARCHAR(128) NOT NULL, request_id VARCHAR(64) NOT NULL, "
                       "body_mac VARCHAR(64) NOT NULL, number VARCHAR(48) NOT NULL, "
                       "PRIMARY KEY (org, request_id))"),
          absl::StrCat("CREATE TABLE ", prefix,
                       "_sequence (name VARCHAR(16) PRIMARY KEY, value BIGINT NOT NULL)"),
          absl::StrCat("INSERT INTO ", prefix, "_sequence (name, value) VALUES ('number', 0)")};
}

absl::Status CaseRows::Lock(sql::Session& session) const {
  return session.LockRow(
      prefix_, absl::StrCat("SELECT value FROM ", prefix_, "_sequence WHERE name = 'number' FOR UPDATE"));
}

absl::StatusOr<int64_t> CaseRows::NextSequence(sql::Session& session) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("UPDATE ", prefix_,
                                 "_sequence SET value = value + 1 WHERE name = 'number' RETURNING value")));
  if (found.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "the sequence is empty"});
  return sql::IntOf(found.rows[0][0]);
}

absl::StatusOr<std::optional<std::string>> CaseRows::FindAct(sql::Session& session, const ActKey& key) const {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query(absl::StrCat("SELECT body_mac, number FROM ", prefix_,
                                                      "_act WHERE org = :org AND request_id = :request"),
                                         {{"org", key.org}, {"request", key.request_id}}));
  if (found.rows.empty()) return std::optional<std::string>();
  if (sql::TextOf(found.rows[0][0]) != key.body_mac) {
    return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.field = "request_id"});
  }
  return std::optional<std::string>(sql::TextOf(found.rows[0][1]));
}

absl::Status CaseRows::RememberAct(sql::Session& session, const ActKey& key,
                                   const std::string& number) const {
  return session.Write(
      absl::StrCat("INSERT INTO ", prefix_,
                   "_act (org, request_id, body_mac, number) VALUES (:org, :request, :mac, :number)"),
      {{"org", key.org}, {"request", key.request_id}, {"mac", key.body_mac}, {"number", number}});
}

absl::Status CaseRows::Insert(sql::Session& session, const CaseRow& row) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, row.bytes, SealOf(row.number)));
  return session.Write(
      absl::StrCat("INSERT INTO ", prefix_,
                   "_application (application_no, seq, org, window_region, subject, claim_id, "
                   "state, version, sealed) VALUES (:no, :seq, :org, :window, :subject, :claim, "
                   ":state, :version, :sealed)"),
      {{"no", row.number},
       {"seq", row.sequence},
       {"org", row.org},
       {"window", row.window_region},
       {"subject", row.subject},
       {"claim", row.claim_id},
       {"state", row.state},
       {"version", row.version},
       {"sealed", sealed}});
}

absl::StatusOr<CaseRow> CaseRows::Read(const sql::Row& row) const {
  CaseRow out{.number = sql::TextOf(row[0]),
              .sequence = sql::IntOf(row[1]),
              .org = sql::TextOf(row[2]),
              .window_region = sql::TextOf(row[3]),
              .subject = sql::TextOf(row[4]),
              .claim_id = sql::TextOf(row[5]),
              .state = sql::IntOf(row[6]),
              .version = sql::IntOf(row[7])};
  CHUANYU_ASSIGN_OR_RETURN(out.bytes, crypto::OpenText(sealer_, sql::TextOf(row[8]), SealOf(out.number)));
  return out;
}

absl::StatusOr<CaseRow> CaseRows::Load(sql::Session& session, const std::string& number) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kColumns, prefix_, "_application WHERE application_no = :no"),
                    {{"no", number}}));
  if (found.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND);
  return Read(found.rows[0]);
}

absl::StatusOr<std::optional<CaseRow>> CaseRows::FindByClaim(sql::Session& session,
                                                             const std::string& claim_id) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kColumns, prefix_, "_application WHERE claim_id = :claim"),
                    {{"claim", claim_id}}));
  if (found.rows.empty()) return std::optional<CaseRow>();
  CHUANYU_ASSIGN_OR_RETURN(CaseRow row, Read(found.rows[0]));
  return std::optional<CaseRow>(std::move(row));
}

absl::StatusOr<std::vector<CaseRow>> CaseRows::Before(sql::Session& session, int64_t before, int64_t state,
                                                      int limit) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kColumns, prefix_,
                                 "_application WHERE (:before = 0 OR seq < :before) AND (:state = 0 OR "
                                 "state = :state) ORDER BY seq DESC LIMIT ",
                                 limit),
                    {{"before", before}, {"state", state}}));
  std::vector<CaseRow> out;
  for (const sql::Row& row : found.rows) {
    CHUANYU_ASSIGN_OR_RETURN(out.emplace_back(), Read(row));
  }
  return out;
}

absl::StatusOr<std::map<std::string, int64_t>> CaseRows::Versions(
    sql::Session& session, const std::vector<std::string>& numbers) const {
  std::map<std::string, int64_t> out;
  if (numbers.empty()) return out;
  sql::Binds binds;
  const std::string places = sql::BindList(numbers, &binds);
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query(absl::StrCat("SELECT application_no, version FROM ", prefix_,
                                                      "_application WHERE application_no IN (", places, ")"),
                                         binds));
  for (const sql::Row& row : found.rows) out[sql::TextOf(row[0])] = sql::IntOf(row[1]);
  return out;
}

absl::StatusOr<std::vector<CaseRow>> CaseRows::OfSubject(sql::Session& session,
                                                         const std::string& subject) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat(kColumns, prefix_, "_application WHERE subject = :subject ORDER BY seq"),
                    {{"subject", subject}}));
  std::vector<CaseRow> out;
  for (const sql::Row& row : found.rows) {
    CHUANYU_ASSIGN_OR_RETURN(out.emplace_back(), Read(row));
  }
  return out;
}

absl::Status CaseRows::Save(sql::Session& session, const CaseRow& row) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(sealer_, row.bytes, SealOf(row.number)));
  return session.Write(
      absl::StrCat("UPDATE ", prefix_,
                   "_application SET state = :state, version = :version, sealed = :sealed WHERE "
                   "application_no = :no"),
      {{"no", row.number}, {"state", row.state}, {"version", row.version}, {"sealed", sealed}});
}

absl::Status CaseRows::ForgetSubject(sql::Session& session, const std::string& number) const {
  return session
      .Execute(absl::StrCat("UPDATE ", prefix_, "_application SET subject = '' WHERE application_no = :no"),
               {{"no", number}})
      .status();
}

absl::Status ForgetOfErased(sql::Session& session, const std::string& prefix, const std::string& table,
                            Date last, int limit) {
  return session
      .Execute(absl::StrCat("DELETE FROM ", prefix, "_", table,
                            " WHERE day <= :last AND subject IN (SELECT o.subject FROM ", prefix, "_", table,
                            " o WHERE o.day <= :last AND NOT EXISTS (SELECT 1 FROM ", prefix,
                            "_application a WHERE a.subject = o.subject) ORDER BY o.day LIMIT ", limit, ")"),
               {{"last", FormatDate(last)}})
      .status();
}

absl::StatusOr<std::vector<std::string>> Texts(sql::Session& session, const std::string& statement,
                                               const sql::Binds& binds) {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found, session.Query(statement, binds));
  std::vector<std::string> out;
  for (const sql::Row& row : found.rows) out.push_back(sql::TextOf(row[0]));
  return out;
}

}  // namespace chuanyu
