// Deaths that were reported to a case service, in "<prefix>_death": a blind index and a day, kept so that the
// same death changes nothing again and that nothing is granted to somebody whose death came first, until
// nothing of the person's is kept any more. Runs in
// the caller's transaction. Blocks; thread-safe as far as sessions are each one thread's.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/sql/sql.h"

namespace chuanyu {

class CaseDeaths {
 public:
  // `prefix`: as that of CaseRows.
  explicit CaseDeaths(std::string prefix) : prefix_(std::move(prefix)) {}
  // What creates the table, and the index by which CaseRows::OfSubject finds applications: one migration of
  // the service's.
  static std::vector<std::string> Statements(const std::string& prefix);

  // False when a death of the subject is known: the first report counts, whoever told it.
  absl::StatusOr<bool> Add(sql::Session& session, const std::string& subject, Date day) const;
  // It was reported wrongly.
  absl::Status Forget(sql::Session& session, const std::string& subject) const;
  // Nothing while none is known.
  absl::StatusOr<std::optional<Date>> DayOf(sql::Session& session, const std::string& subject) const;
  // Those of `last` or before of whom no case knows any more: all are erased. At most `limit`.
  absl::Status ForgetErased(sql::Session& session, Date last, int limit) const;

 private:
  const std::string prefix_;
};

}  // namespace chuanyu
