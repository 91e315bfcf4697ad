// The benefit ledger in SQL: one line for a child and a month that was paid. The key holds what the rules
// promise: ORPHAN xor DEFACTO, and none twice. Runs in the caller's transaction. Blocks; thread-safe as far
// as sessions are each one thread's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/facts.pb.h"
#include "common/calendar/month.h"
#include "common/sql/sql.h"

namespace chuanyu::child_welfare {

struct PaidMonth {
  Month month;
  v1::Category category = v1::CATEGORY_UNSPECIFIED;
  std::optional<int64_t> fen;  // nothing when no standard is known
  int64_t deducted = 0;        // of the standard, because of other benefits
};

class MonthStore {
 public:
  // An error when the subject has been paid for the month.
  absl::Status Post(sql::Session& session, const std::string& subject, const std::string& determination_no,
                    const PaidMonth& paid) const;
  // Those of a determination go.
  absl::Status Forget(sql::Session& session, const std::string& determination_no) const;
  // Oldest first.
  absl::StatusOr<std::vector<PaidMonth>> OfDetermination(sql::Session& session,
                                                         const std::string& determination_no) const;
};

}  // namespace chuanyu::child_welfare
