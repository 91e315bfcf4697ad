#include "services/child_welfare/month_store.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace chuanyu::child_welfare {
namespace {

absl::StatusOr<std::vector<PaidMonth>> Lines(sql::Session& session, const std::string& column,
                                             const std::string& value) {
  CHUANYU_ASSIGN_OR_RETURN(const sql::Result found,
                           session.Query(absl::StrCat("SELECT month, category, fen FROM cw_month WHERE ",
                                                      column, " = :value ORDER BY month"),
                                         {{"value", value}}));
  std::vector<PaidMonth> out;
  for (const sql::Row& row : found.rows) {
    PaidMonth& line = out.emplace_back();
    CHUANYU_ASSIGN_OR_RETURN(line.month, ParseMonth(sql::TextOf(row[0])));
    line.category = static_cast<v1::Category>(sql::IntOf(row[1]));
    const int64_t fen = sql::IntOf(row[2]);
    if (fen >= 0) line.fen = fen;
  }
  return out;
}

}  // namespace

absl::Status MonthStore::Post(sql::Session& session, const std::string& subject,
                              const std::string& determination_no, const PaidMonth& paid) const {
  return session
      .Execute(
          "INSERT INTO cw_month (subject, month, category, fen, determination_no) VALUES (:subject, :month, "
          ":category, :fen, :no)",
          {{"subject", subject},
           {"month", FormatMonth(paid.month)},
           {"category", int64_t{paid.category}},
           {"fen", paid.fen.value_or(-1)},
           {"no", determination_no}})
      .status();
}

absl::StatusOr<std::vector<PaidMonth>> MonthStore::OfDetermination(
    sql::Session& session, const std::string& determination_no) const {
  return Lines(session, "determination_no", determination_no);
}

absl::StatusOr<std::vector<PaidMonth>> MonthStore::OfSubject(sql::Session& session,
                                                             const std::string& subject) const {
  return Lines(session, "subject", subject);
}

}  // namespace chuanyu::child_welfare
