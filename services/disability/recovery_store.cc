#include "services/disability/recovery_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/crypto/sealed_text.h"

namespace chuanyu::disability {
namespace {

std::string SealOf(const std::string& grant_no, const std::string& month, int64_t sequence) {
  return absl::StrCat("dis_recovery/", grant_no, "/", month, "/", sequence);
}

}  // namespace

std::vector<std::string> RecoveryStore::Statements() {
  return {
      // `sealed` is the RecoveryAct.
      "CREATE TABLE dis_recovery (grant_no VARCHAR(48) NOT NULL, seq BIGINT NOT NULL, month VARCHAR(7) NOT "
      "NULL, sealed TEXT NOT NULL, PRIMARY KEY (grant_no, seq))",
      // Whether something of a grant may be left: finds what people have to see to.
      "ALTER TABLE dis_grant ADD COLUMN recovers BIGINT NOT NULL DEFAULT 0",
      "CREATE INDEX dis_grant_recovers ON dis_grant (org, recovers, seq)",
      "UPDATE dis_grant SET recovers = 1 WHERE grant_no IN (SELECT grant_no FROM dis_overlap WHERE duty > 1)",
      // What was paid after an end stands in what is sealed: the clock looks at each once.
      "UPDATE dis_grant SET look_on = '2000-01-01'"};
}

absl::Status RecoveryStore::Add(sql::Session& session, const std::string& grant_no, Month month,
                                const v1::RecoveryAct& act) const {
  CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, rows_.NextSequence(session));
  const std::string text = FormatMonth(month);
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed, crypto::SealText(rows_.sealer(), act.SerializeAsString(),
                                                                      SealOf(grant_no, text, sequence)));
  return session
      .Execute("INSERT INTO dis_recovery (grant_no, seq, month, sealed) VALUES (:no, :seq, :month, :sealed)",
               {{"no", grant_no}, {"seq", sequence}, {"month", text}, {"sealed", sealed}})
      .status();
}

absl::StatusOr<std::map<Month, std::vector<v1::RecoveryAct>>> RecoveryStore::Of(
    sql::Session& session, const std::string& grant_no) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT month, seq, sealed FROM dis_recovery WHERE grant_no = :no ORDER BY seq",
                    {{"no", grant_no}}));
  std::map<Month, std::vector<v1::RecoveryAct>> out;
  for (const sql::Row& row : found.rows) {
    const std::string text = sql::TextOf(row[0]);
    CHUANYU_ASSIGN_OR_RETURN(const Month month, ParseMonth(text));
    CHUANYU_ASSIGN_OR_RETURN(
        v1::RecoveryAct act,
        OpenMessage<v1::RecoveryAct>(rows_.sealer(), row[2], SealOf(grant_no, text, sql::IntOf(row[1]))));
    out[month].push_back(std::move(act));
  }
  return out;
}

absl::Status RecoveryStore::Mark(sql::Session& session, const std::string& grant_no, bool left) const {
  return session
      .Execute("UPDATE dis_grant SET recovers = :left WHERE grant_no = :no",
               {{"left", int64_t{left}}, {"no", grant_no}})
      .status();
}

absl::StatusOr<std::vector<RecoveryStore::Marked>> RecoveryStore::MarkedOf(sql::Session& session,
                                                                           const std::string& org,
                                                                           int64_t after, int limit) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("SELECT grant_no, seq FROM dis_grant WHERE org = :org AND recovers = 1 AND "
                                 "seq > :after ORDER BY seq LIMIT ",
                                 limit),
                    {{"org", org}, {"after", after}}));
  std::vector<Marked> out;
  for (const sql::Row& row : found.rows) out.push_back({sql::TextOf(row[0]), sql::IntOf(row[1])});
  return out;
}

}  // namespace chuanyu::disability
