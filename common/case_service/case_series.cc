#include "common/case_service/case_series.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu {

absl::StatusOr<int64_t> NextOfSeries(sql::Session& session, const std::string& table,
                                     const std::string& series) {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("INSERT INTO ", table, " (series, value) VALUES (:series, 1) ON CONFLICT ",
                                 "(series) DO UPDATE SET value = ", table, ".value + 1 RETURNING value"),
                    {{"series", series}}));
  if (found.rows.empty()) return MakeError(Reason::INTERNAL, {.detail = "a series has no number"});
  return sql::IntOf(found.rows[0][0]);
}

}  // namespace chuanyu
