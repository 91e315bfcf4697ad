// Cases of a service that nothing waits for any more, in "<prefix>_closed": a number and a day, until what is
// personal in them is erased. A case may be there that is open again, or still needed: who reads it looks.
// Runs in the caller's transaction. Blocks; thread-safe as far as sessions are each one thread's.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/sql/sql.h"

namespace chuanyu {

class ClosedCases {
 public:
  // `prefix`: as that of CaseRows.
  explicit ClosedCases(std::string prefix) : prefix_(std::move(prefix)) {}
  // What creates the table, with every case that is there already: one migration of the service's.
  static std::vector<std::string> Statements(const std::string& prefix);

  // The day of one that is there is replaced.
  absl::Status Add(sql::Session& session, const std::string& number, Date on) const;
  absl::Status Remove(sql::Session& session, const std::string& number) const;
  // Closed on `last` or before, the oldest first, at most `limit`.
  absl::StatusOr<std::vector<std::string>> Until(sql::Session& session, Date last, int limit) const;

 private:
  const std::string prefix_;
};

}  // namespace chuanyu
