// What was recorded of months that are to be recovered, in SQL, sealed. Every call runs in the caller's
// transaction, as those of CaseRows. Blocks; thread-safe as far as sessions are each one thread's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/disability/v1/grant.pb.h"
#include "common/calendar/month.h"
#include "common/case_service/case_rows.h"
#include "common/sql/sql.h"

namespace chuanyu::disability {

class RecoveryStore {
 public:
  explicit RecoveryStore(const CaseRows& rows) : rows_(rows) {}
  static std::vector<std::string> Statements();

  absl::Status Add(sql::Session& session, const std::string& grant_no, Month month,
                   const v1::RecoveryAct& act) const;
  // Of a grant, by month, in the order in which they were recorded.
  absl::StatusOr<std::map<Month, std::vector<v1::RecoveryAct>>> Of(sql::Session& session,
                                                                   const std::string& grant_no) const;

  // Of some months of a grant something may be left, or nothing is any more.
  absl::Status Mark(sql::Session& session, const std::string& grant_no, bool left) const;
  struct Marked {
    std::string grant_no;
    int64_t sequence = 0;
  };
  // Grants that `org` decided and that are marked, after a sequence, oldest first, at most `limit`.
  absl::StatusOr<std::vector<Marked>> MarkedOf(sql::Session& session, const std::string& org, int64_t after,
                                               int limit) const;

 private:
  const CaseRows& rows_;
};

}  // namespace chuanyu::disability
