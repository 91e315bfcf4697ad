// Moves of the 户籍 out of the region, and back, that were reported to a case service (domain page §3.11,
// X-2), in "<prefix>_hukou_move": a blind index, a day and divisions. Kept of everybody, as deaths are: so
// that the same move changes nothing again, that one that cannot be followed yet is followed later, and that
// one which was reported before there is anything here is known when there is. Only the last move of a person
// counts, in whatever order they are told. Runs in the caller's transaction. Blocks; thread-safe as far as
// sessions are each one thread's.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/sql/sql.h"

namespace chuanyu {

// As it was reported.
struct HukouMove {
  std::string from;  // division, 6, 9 or 12 digits
  std::string to;
  Date day;
  std::string region;  // whose 公安 side reported it
  // Another region's says otherwise and nothing decides between them: an officer finds out, nothing follows.
  bool disputed = false;
};

class CaseHukouMoves {
 public:
  struct Waiting {
    std::string subject;  // hex of the index under the key of both regions
    HukouMove move;
  };

  // `prefix`: as that of CaseRows.
  explicit CaseHukouMoves(std::string prefix) : prefix_(std::move(prefix)) {}
  // What creates the table, and what it was given later: one migration of the service's each.
  static std::vector<std::string> Statements(const std::string& prefix);
  static std::vector<std::string> OriginStatements(const std::string& prefix);

  // Out of the region, or disputed; kept until something here follows it. Changes nothing when the same move
  // is known; what says something else takes the place of what was known of that day.
  absl::Status Add(sql::Session& session, const Waiting& move) const;
  // The 户籍 has come to the region on `day`: what was to be followed until then is not, whichever is told
  // first.
  absl::Status CameHere(sql::Session& session, const std::string& subject, Date day,
                        const std::string& to) const;
  // It was reported wrongly; what it had overtaken counts again.
  absl::Status Forget(sql::Session& session, const std::string& subject, Date day) const;

  // The last move of the subject, when it is one out of the region that nothing has followed yet, or
  // disputed.
  absl::StatusOr<std::optional<HukouMove>> NotFollowed(sql::Session& session,
                                                       const std::string& subject) const;
  // Something here follows: what is kept of the subject is to be followed, or
  absl::Status Begin(sql::Session& session, const std::string& subject) const;
  // nothing is here that could: it is kept for what may come.
  absl::Status Keep(sql::Session& session, const std::string& subject) const;
  // Last moves that are to be followed, oldest first, at most `limit`.
  absl::StatusOr<std::vector<Waiting>> ToFollow(sql::Session& session, int limit) const;
  absl::StatusOr<bool> IsToBeFollowed(sql::Session& session, const Waiting& move) const;
  // All of the subject that were to be followed are: whatever moves once has moved.
  absl::Status Followed(sql::Session& session, const std::string& subject) const;
  // An officer sees to it: it is tried no more.
  absl::Status LeaveToOfficer(sql::Session& session, const Waiting& move) const;
  // As CaseDeaths.
  absl::Status ForgetErased(sql::Session& session, Date last, int limit) const;

 private:
  std::string Table() const { return prefix_ + "_hukou_move"; }
  absl::StatusOr<std::vector<Waiting>> Find(sql::Session& session, const std::string& where,
                                            const sql::Binds& binds) const;
  absl::Status Change(sql::Session& session, const std::string& subject, int64_t from, int64_t to) const;

  const std::string prefix_;
};

}  // namespace chuanyu
