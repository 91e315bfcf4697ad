// Moves of the 户籍 out of the region that were reported to a case service (domain page §3.11, X-2), in
// "<prefix>_hukou_move": a blind index, a day and a division, kept so that the same move changes nothing
// again, and so that one that cannot be followed yet is followed later, until nothing of the person's is kept
// any more. Runs in the caller's transaction. Blocks; thread-safe as far as sessions are each one thread's.
#pragma once

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
};

class CaseHukouMoves {
 public:
  struct Waiting {
    std::string subject;  // hex of the index under the key of both regions
    Date day;
    std::string to;
  };

  // `prefix`: as that of CaseRows.
  explicit CaseHukouMoves(std::string prefix) : prefix_(std::move(prefix)) {}
  // What creates the table: one migration of the service's.
  static std::vector<std::string> Statements(const std::string& prefix);

  // To be followed. False when the same move is known; one to another place takes the place of what was known
  // of that day.
  absl::StatusOr<bool> Add(sql::Session& session, const Waiting& move) const;
  // Those that are to be followed, oldest first, at most `limit`.
  absl::StatusOr<std::vector<Waiting>> ToFollow(sql::Session& session, int limit) const;
  absl::StatusOr<bool> IsToBeFollowed(sql::Session& session, const Waiting& move) const;
  // All of the subject that were to be followed are: whatever moves once has moved.
  absl::Status Followed(sql::Session& session, const std::string& subject) const;
  // An officer sees to it: it is tried no more.
  absl::Status LeaveToOfficer(sql::Session& session, const Waiting& move) const;
  // It was reported wrongly.
  absl::Status Forget(sql::Session& session, const std::string& subject, Date day) const;
  // The 户籍 has come back on `day`: what was to be followed until then is not any more.
  absl::Status CameBack(sql::Session& session, const std::string& subject, Date day) const;
  // As CaseDeaths.
  absl::Status ForgetErased(sql::Session& session, Date last, int limit) const;

 private:
  std::string Table() const { return prefix_ + "_hukou_move"; }

  const std::string prefix_;
};

}  // namespace chuanyu
