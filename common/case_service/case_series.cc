#include "common/case_service/case_series.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace chuanyu {

absl::StatusOr<int64_t> NextOfSeries(sql::Session& session, const std::string& table,
                                     const std::string& series) {
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute(absl::StrCat("INSERT INTO ", table, " (series, value) VALUES (:series, 1) ON CONFLICT ",
                                "(series) DO UPDATE SET value = ", table, ".value + 1"),
                   {{"series", series}})
          .status());
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query(absl::StrCat("SELECT value FROM ", table, " WHERE series = :series"),
                                         {{"series", series}}));
  return found.rows.empty() ? 0 : sql::IntOf(found.rows[0][0]);
}

}  // namespace chuanyu
