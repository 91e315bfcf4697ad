#include "services/child_welfare/month_store.h"

#include "common/base/status_macros.h"

namespace chuanyu::child_welfare {

absl::Status MonthStore::Post(sql::Session& session, const std::string& subject,
                              const std::string& determination_no, const PaidMonth& paid) const {
  return session
      .Execute(
          "INSERT INTO cw_month (subject, month, category, fen, deducted, determination_no) VALUES "
          "(:subject, "
          ":month, :category, :fen, :deducted, :no)",
          {{"subject", subject},
           {"month", FormatMonth(paid.month)},
           {"category", int64_t{paid.category}},
           {"fen", paid.fen.value_or(-1)},
           {"deducted", paid.deducted},
           {"no", determination_no}})
      .status();
}

absl::Status MonthStore::Forget(sql::Session& session, const std::string& determination_no) const {
  return session.Execute("DELETE FROM cw_month WHERE determination_no = :no", {{"no", determination_no}})
      .status();
}

absl::StatusOr<std::vector<PaidMonth>> MonthStore::OfDetermination(
    sql::Session& session, const std::string& determination_no) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(
          "SELECT month, category, fen, deducted FROM cw_month WHERE determination_no = :no ORDER BY month",
          {{"no", determination_no}}));
  std::vector<PaidMonth> out;
  for (const sql::Row& row : found.rows) {
    PaidMonth& line = out.emplace_back();
    CHUANYU_ASSIGN_OR_RETURN(line.month, ParseMonth(sql::TextOf(row[0])));
    line.category = static_cast<v1::Category>(sql::IntOf(row[1]));
    const int64_t fen = sql::IntOf(row[2]);
    if (fen >= 0) line.fen = fen;
    line.deducted = sql::IntOf(row[3]);
  }
  return out;
}

}  // namespace chuanyu::child_welfare
