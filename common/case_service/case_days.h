// Numbers of a service's cases and a day of each, in a table of its own. "<prefix>_closed": cases that
// nothing waits for any more, until what is personal in them is erased. "<prefix>_untold": cases that were
// decided, until the applicant is told. "<prefix>_accounts": cases whose persons were erased, until what was
// paid by them is forgotten. A case may be there of which that is no longer true: who reads it
// looks. Runs in the caller's transaction. Blocks; thread-safe as far as sessions are each one thread's.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/sql/sql.h"

namespace chuanyu {

inline constexpr char kClosed[] = "closed";
inline constexpr char kUntold[] = "untold";
inline constexpr char kAccounts[] = "accounts";

class CaseDays {
 public:
  // `prefix`: as that of CaseRows.
  explicit CaseDays(const std::string& prefix, const std::string& what = kClosed)
      : table_(prefix + "_" + what) {}
  // What creates the table, with every case that is there already: one migration of the service's.
  static std::vector<std::string> Statements(const std::string& prefix, const std::string& what = kClosed);

  // The day of one that is there is replaced.
  absl::Status Add(sql::Session& session, const std::string& number, Date on) const;
  absl::Status Remove(sql::Session& session, const std::string& number) const;
  // Of `last` or before, the oldest first, at most `limit`.
  absl::StatusOr<std::vector<std::string>> Until(sql::Session& session, Date last, int limit) const;

 private:
  const std::string table_;
};

}  // namespace chuanyu
