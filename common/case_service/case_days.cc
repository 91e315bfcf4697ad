#include "common/case_service/case_days.h"

#include "absl/strings/str_cat.h"
#include "common/case_service/case_rows.h"

namespace chuanyu {

std::vector<std::string> CaseDays::Statements(const std::string& prefix, const std::string& what) {
  const std::string table = prefix + "_" + what;
  return {absl::StrCat("CREATE TABLE ", table,
                       " (application_no VARCHAR(40) PRIMARY KEY, closed_on VARCHAR(10) NOT NULL)"),
          absl::StrCat("CREATE INDEX ", table, "_on ON ", table, " (closed_on, application_no)"),
          // What is true of them is found out at the first look.
          absl::StrCat("INSERT INTO ", table,
                       " (application_no, closed_on) SELECT application_no, '2000-01-01' FROM ", prefix,
                       "_application")};
}

absl::Status CaseDays::Add(sql::Session& session, const std::string& number, Date on) const {
  return session
      .Execute(absl::StrCat("INSERT INTO ", table_,
                            " (application_no, closed_on) VALUES (:no, :on) ON CONFLICT "
                            "(application_no) DO UPDATE SET closed_on = excluded.closed_on"),
               {{"no", number}, {"on", FormatDate(on)}})
      .status();
}

absl::Status CaseDays::Remove(sql::Session& session, const std::string& number) const {
  return session
      .Execute(absl::StrCat("DELETE FROM ", table_, " WHERE application_no = :no"), {{"no", number}})
      .status();
}

absl::StatusOr<std::vector<std::string>> CaseDays::Until(sql::Session& session, Date last, int limit) const {
  return Texts(session,
               absl::StrCat("SELECT application_no FROM ", table_,
                            " WHERE closed_on <= :last ORDER BY closed_on, application_no LIMIT ", limit),
               {{"last", FormatDate(last)}});
}

}  // namespace chuanyu
