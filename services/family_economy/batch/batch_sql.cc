#include "services/family_economy/batch/batch_sql.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace chuanyu::family_economy {
namespace {

// Long enough to pay a statement's preparation, short enough for any database's parser.
constexpr size_t kRowsPerStatement = 500;

}  // namespace

absl::StatusOr<int64_t> InsertRows(sql::Session& session, const std::string& into,
                                   const std::vector<std::string>& rows, const std::string& tail) {
  int64_t changed = 0;
  for (size_t begin = 0; begin < rows.size(); begin += kRowsPerStatement) {
    std::string statement = absl::StrCat("INSERT INTO ", into, " VALUES ");
    const size_t end = std::min(rows.size(), begin + kRowsPerStatement);
    for (size_t at = begin; at < end; ++at) absl::StrAppend(&statement, at == begin ? "" : ",", rows[at]);
    absl::StrAppend(&statement, " ", tail);
    CHUANYU_ASSIGN_OR_RETURN(const int64_t now, session.Execute(statement));
    changed += now;
  }
  return changed;
}

absl::StatusOr<int64_t> InsertLines(sql::Session& session, int64_t seq, const std::vector<LineRow>& lines) {
  std::vector<std::string> rows;
  rows.reserve(lines.size());
  for (const LineRow& line : lines) {
    rows.push_back(absl::StrCat("(", seq, ",", line.line_no, ",", int{line.outcome}, ",'", line.code, "','",
                                line.field, "','", line.case_ref, "')"));
  }
  return InsertRows(session, "fe_batch_line (batch_seq, line_no, outcome, code, field, case_ref)", rows,
                    "ON CONFLICT DO NOTHING");
}

absl::Status CountRejected(sql::Session& session, int64_t seq, const std::vector<LineRow>& lines) {
  std::map<std::string, int64_t> counts;
  for (const LineRow& line : lines) {
    if (line.outcome == v1::LINE_OUTCOME_REJECTED) ++counts[line.code];
  }
  for (const auto& [code, count] : counts) {
    CHUANYU_RETURN_IF_ERROR(
        session
            .Execute(
                "INSERT INTO fe_batch_code (batch_seq, code, lines) VALUES (:seq, :code, :n) "
                "ON CONFLICT (batch_seq, code) DO UPDATE SET lines = fe_batch_code.lines + excluded.lines",
                {{"seq", seq}, {"code", code}, {"n", count}})
            .status());
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::family_economy
