// Many rows in few statements, for tables of batches. Values that go into the text of a statement are
// numbers, hex digits, Base64, names of our own and references that were checked to be tokens; nothing else
// may.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "chuanyu/family_economy/v1/batch.pb.h"
#include "common/sql/sql.h"

namespace chuanyu::family_economy {

// "INSERT INTO <into> VALUES <rows> <tail>", several statements when there are many rows; `rows` are
// "(1,'a')". The number of rows changed.
absl::StatusOr<int64_t> InsertRows(sql::Session& session, const std::string& into,
                                   const std::vector<std::string>& rows, const std::string& tail = "");

struct LineRow {
  int64_t line_no = 0;
  v1::LineOutcome outcome = v1::LINE_OUTCOME_UNSPECIFIED;
  std::string code;
  std::string field;
  std::string case_ref;
};
// Rows of fe_batch_line; a line that has one keeps it. The number of new ones.
absl::StatusOr<int64_t> InsertLines(sql::Session& session, int64_t seq, const std::vector<LineRow>& lines);
// Adds to the numbers of rejected lines by reason.
absl::Status CountRejected(sql::Session& session, int64_t seq, const std::vector<LineRow>& lines);

}  // namespace chuanyu::family_economy
