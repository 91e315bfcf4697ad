#include "common/case_service/case_hukou_moves.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/case_service/case_rows.h"

namespace chuanyu {
namespace {

// In `state`; the numbers are stored.
constexpr int64_t kToFollow = 0;
constexpr int64_t kFollowed = 1;
constexpr int64_t kOfficer = 2;

}  // namespace

std::vector<std::string> CaseHukouMoves::Statements(const std::string& prefix) {
  return {absl::StrCat("CREATE TABLE ", prefix,
                       "_hukou_move (subject VARCHAR(64) NOT NULL, day VARCHAR(10) NOT NULL, to_code "
                       "VARCHAR(12) NOT NULL, state BIGINT NOT NULL, PRIMARY KEY (subject, day))"),
          absl::StrCat("CREATE INDEX ", prefix, "_hukou_move_state ON ", prefix, "_hukou_move (state, day)")};
}

absl::StatusOr<bool> CaseHukouMoves::Add(sql::Session& session, const Waiting& move) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t changed,
      session.Execute(
          absl::StrCat("INSERT INTO ", Table(),
                       " (subject, day, to_code, state) VALUES (:subject, :day, :to, :state) ON "
                       "CONFLICT (subject, day) DO UPDATE SET to_code = excluded.to_code, state = "
                       "excluded.state WHERE ",
                       Table(), ".to_code <> excluded.to_code"),
          {{"subject", move.subject}, {"day", FormatDate(move.day)}, {"to", move.to}, {"state", kToFollow}}));
  return changed > 0;
}

absl::StatusOr<std::vector<CaseHukouMoves::Waiting>> CaseHukouMoves::ToFollow(sql::Session& session,
                                                                              int limit) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("SELECT subject, day, to_code FROM ", Table(),
                                 " WHERE state = :state ORDER BY day, subject LIMIT ", limit),
                    {{"state", kToFollow}}));
  std::vector<Waiting> out;
  for (const sql::Row& row : found.rows) {
    Waiting& move = out.emplace_back();
    move.subject = sql::TextOf(row[0]);
    CHUANYU_ASSIGN_OR_RETURN(move.day, ParseDate(sql::TextOf(row[1]), "day"));
    move.to = sql::TextOf(row[2]);
  }
  return out;
}

absl::StatusOr<bool> CaseHukouMoves::IsToBeFollowed(sql::Session& session, const Waiting& move) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(
          absl::StrCat("SELECT subject FROM ", Table(),
                       " WHERE subject = :subject AND day = :day AND to_code = :to AND state = :state"),
          {{"subject", move.subject}, {"day", FormatDate(move.day)}, {"to", move.to}, {"state", kToFollow}}));
  return !found.rows.empty();
}

absl::Status CaseHukouMoves::Followed(sql::Session& session, const std::string& subject) const {
  return session
      .Execute(
          absl::StrCat("UPDATE ", Table(), " SET state = :done WHERE subject = :subject AND state = :state"),
          {{"done", kFollowed}, {"subject", subject}, {"state", kToFollow}})
      .status();
}

absl::Status CaseHukouMoves::LeaveToOfficer(sql::Session& session, const Waiting& move) const {
  return session
      .Execute(
          absl::StrCat("UPDATE ", Table(),
                       " SET state = :officer WHERE subject = :subject AND day = :day AND state = :state"),
          {{"officer", kOfficer},
           {"subject", move.subject},
           {"day", FormatDate(move.day)},
           {"state", kToFollow}})
      .status();
}

absl::Status CaseHukouMoves::Forget(sql::Session& session, const std::string& subject, Date day) const {
  return session
      .Execute(absl::StrCat("DELETE FROM ", Table(), " WHERE subject = :subject AND day = :day"),
               {{"subject", subject}, {"day", FormatDate(day)}})
      .status();
}

absl::Status CaseHukouMoves::CameBack(sql::Session& session, const std::string& subject, Date day) const {
  return session
      .Execute(absl::StrCat("UPDATE ", Table(),
                            " SET state = :done WHERE subject = :subject AND day <= :day AND state = :state"),
               {{"done", kFollowed}, {"subject", subject}, {"day", FormatDate(day)}, {"state", kToFollow}})
      .status();
}

absl::Status CaseHukouMoves::ForgetErased(sql::Session& session, Date last, int limit) const {
  return ForgetOfErased(session, prefix_, "hukou_move", last, limit);
}

}  // namespace chuanyu
