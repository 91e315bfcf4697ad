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
constexpr int64_t kKept = 3;  // nothing is here yet that could follow
constexpr int64_t kCameHere = 4;
constexpr int64_t kDisputed = 5;

}  // namespace

std::vector<std::string> CaseHukouMoves::Statements(const std::string& prefix) {
  return {absl::StrCat("CREATE TABLE ", prefix,
                       "_hukou_move (subject VARCHAR(64) NOT NULL, day VARCHAR(10) NOT NULL, to_code "
                       "VARCHAR(12) NOT NULL, state BIGINT NOT NULL, PRIMARY KEY (subject, day))"),
          absl::StrCat("CREATE INDEX ", prefix, "_hukou_move_state ON ", prefix, "_hukou_move (state, day)")};
}

std::vector<std::string> CaseHukouMoves::OriginStatements(const std::string& prefix) {
  // Empty of what was told before: an officer sees where to and when.
  std::vector<std::string> out;
  for (const char* column : {"from_code VARCHAR(12)", "region VARCHAR(6)"}) {
    out.push_back(
        absl::StrCat("ALTER TABLE ", prefix, "_hukou_move ADD COLUMN ", column, " NOT NULL DEFAULT ''"));
  }
  return out;
}

absl::Status CaseHukouMoves::Add(sql::Session& session, const Waiting& move) const {
  return session
      .Execute(absl::StrCat("INSERT INTO ", Table(),
                            " (subject, day, to_code, from_code, region, state) VALUES (:subject, :day, "
                            ":to, :from, :region, :state) ON CONFLICT (subject, day) DO UPDATE SET to_code "
                            "= excluded.to_code, from_code = excluded.from_code, region = excluded.region, "
                            "state = excluded.state WHERE ",
                            Table(), ".to_code <> excluded.to_code OR (", Table(),
                            ".state = :disputed) <> (excluded.state = :disputed)"),
               {{"subject", move.subject},
                {"day", FormatDate(move.move.day)},
                {"to", move.move.to},
                {"from", move.move.from},
                {"region", move.move.region},
                {"state", move.move.disputed ? kDisputed : kKept},
                {"disputed", kDisputed}})
      .status();
}

absl::Status CaseHukouMoves::CameHere(sql::Session& session, const std::string& subject, Date day,
                                      const std::string& to) const {
  return session
      .Execute(absl::StrCat("INSERT INTO ", Table(),
                            " (subject, day, to_code, state) VALUES (:subject, :day, :to, :state) ON "
                            "CONFLICT (subject, day) DO UPDATE SET to_code = excluded.to_code, state = "
                            "excluded.state"),
               {{"subject", subject}, {"day", FormatDate(day)}, {"to", to}, {"state", kCameHere}})
      .status();
}

absl::Status CaseHukouMoves::Forget(sql::Session& session, const std::string& subject, Date day) const {
  return session
      .Execute(absl::StrCat("DELETE FROM ", Table(), " WHERE subject = :subject AND day = :day"),
               {{"subject", subject}, {"day", FormatDate(day)}})
      .status();
}

// Of last moves: whatever a later one says is where the 户籍 is.
absl::StatusOr<std::vector<CaseHukouMoves::Waiting>> CaseHukouMoves::Find(sql::Session& session,
                                                                          const std::string& where,
                                                                          const sql::Binds& binds) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("SELECT m.subject, m.day, m.to_code, m.from_code, m.region, m.state FROM ",
                                 Table(), " m WHERE NOT EXISTS (SELECT 1 FROM ", Table(),
                                 " l WHERE l.subject = m.subject AND l.day > m.day) AND ", where),
                    binds));
  std::vector<Waiting> out;
  for (const sql::Row& row : found.rows) {
    Waiting& waiting = out.emplace_back();
    waiting.subject = sql::TextOf(row[0]);
    CHUANYU_ASSIGN_OR_RETURN(waiting.move.day, ParseDate(sql::TextOf(row[1]), "day"));
    waiting.move.to = sql::TextOf(row[2]);
    waiting.move.from = sql::TextOf(row[3]);
    waiting.move.region = sql::TextOf(row[4]);
    waiting.move.disputed = sql::IntOf(row[5]) == kDisputed;
  }
  return out;
}

absl::StatusOr<std::optional<HukouMove>> CaseHukouMoves::NotFollowed(sql::Session& session,
                                                                     const std::string& subject) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const std::vector<Waiting> found,
      Find(session, "m.subject = :subject AND m.state IN (:follow, :kept, :disputed)",
           {{"subject", subject}, {"follow", kToFollow}, {"kept", kKept}, {"disputed", kDisputed}}));
  return found.empty() ? std::nullopt : std::optional<HukouMove>(found.front().move);
}

absl::StatusOr<std::vector<CaseHukouMoves::Waiting>> CaseHukouMoves::ToFollow(sql::Session& session,
                                                                              int limit) const {
  return Find(session, absl::StrCat("m.state = :state ORDER BY m.day, m.subject LIMIT ", limit),
              {{"state", kToFollow}});
}

absl::StatusOr<bool> CaseHukouMoves::IsToBeFollowed(sql::Session& session, const Waiting& move) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const std::vector<Waiting> found,
      Find(session, "m.subject = :subject AND m.day = :day AND m.to_code = :to AND m.state = :state",
           {{"subject", move.subject},
            {"day", FormatDate(move.move.day)},
            {"to", move.move.to},
            {"state", kToFollow}}));
  return !found.empty();
}

absl::Status CaseHukouMoves::Change(sql::Session& session, const std::string& subject, int64_t from,
                                    int64_t to) const {
  return session
      .Execute(
          absl::StrCat("UPDATE ", Table(), " SET state = :to WHERE subject = :subject AND state = :from"),
          {{"to", to}, {"subject", subject}, {"from", from}})
      .status();
}

absl::Status CaseHukouMoves::Begin(sql::Session& session, const std::string& subject) const {
  return Change(session, subject, kKept, kToFollow);
}

absl::Status CaseHukouMoves::Keep(sql::Session& session, const std::string& subject) const {
  return Change(session, subject, kToFollow, kKept);
}

absl::Status CaseHukouMoves::Followed(sql::Session& session, const std::string& subject) const {
  return Change(session, subject, kToFollow, kFollowed);
}

absl::Status CaseHukouMoves::LeaveToOfficer(sql::Session& session, const Waiting& move) const {
  return session
      .Execute(
          absl::StrCat("UPDATE ", Table(),
                       " SET state = :officer WHERE subject = :subject AND day = :day AND state = :state"),
          {{"officer", kOfficer},
           {"subject", move.subject},
           {"day", FormatDate(move.move.day)},
           {"state", kToFollow}})
      .status();
}

absl::Status CaseHukouMoves::ForgetErased(sql::Session& session, Date last, int limit) const {
  return ForgetOfErased(session, prefix_, "hukou_move", last, limit);
}

}  // namespace chuanyu
