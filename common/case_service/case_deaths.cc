#include "common/case_service/case_deaths.h"

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/case_service/case_rows.h"

namespace chuanyu {

std::vector<std::string> CaseDeaths::Statements(const std::string& prefix) {
  return {
      absl::StrCat("CREATE TABLE ", prefix,
                   "_death (subject VARCHAR(64) PRIMARY KEY, day VARCHAR(10) NOT NULL)"),
      absl::StrCat("CREATE INDEX ", prefix, "_application_subject ON ", prefix, "_application (subject)")};
}

absl::StatusOr<bool> CaseDeaths::Add(sql::Session& session, const std::string& subject, Date day) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const int64_t added,
      session.Execute(absl::StrCat("INSERT INTO ", prefix_,
                                   "_death (subject, day) VALUES (:subject, :day) ON CONFLICT DO NOTHING"),
                      {{"subject", subject}, {"day", FormatDate(day)}}));
  return added > 0;
}

absl::Status CaseDeaths::Forget(sql::Session& session, const std::string& subject) const {
  return session
      .Execute(absl::StrCat("DELETE FROM ", prefix_, "_death WHERE subject = :subject"),
               {{"subject", subject}})
      .status();
}

absl::Status CaseDeaths::ForgetErased(sql::Session& session, Date last, int limit) const {
  return ForgetOfErased(session, prefix_, "death", last, limit);
}

absl::StatusOr<std::optional<Date>> CaseDeaths::DayOf(sql::Session& session,
                                                      const std::string& subject) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("SELECT day FROM ", prefix_, "_death WHERE subject = :subject"),
                    {{"subject", subject}}));
  if (found.rows.empty()) return std::optional<Date>();
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(sql::TextOf(found.rows[0][0]), "day"));
  return std::optional<Date>(day);
}

}  // namespace chuanyu
