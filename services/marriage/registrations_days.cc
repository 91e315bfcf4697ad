// The days of a divorce (民法典 §1077): its acceptance, and the steps that the days bring.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "services/marriage/registrations.h"
#include "services/marriage/rules/divorce.h"

namespace chuanyu::marriage {

absl::Status Registrations::Accept(sql::Session& session, v1::RegistrationRecord* record) const {
  v1::Registration& registration = *record->mutable_registration();
  CHUANYU_ASSIGN_OR_RETURN(*registration.mutable_divorce_days(),
                           CountDivorceDays(desk_.Today(), desk_.policy(), desk_.calendar()));
  for (const std::string& subject : {record->subject_a(), record->subject_b()}) {
    CHUANYU_RETURN_IF_ERROR(
        session
            .Execute("INSERT INTO mr_open_divorce (subject, number, next_day) VALUES (:subject, :number, '')",
                     {{"subject", subject}, {"number", registration.registration_no()}})
            .status());
  }
  CHUANYU_RETURN_IF_ERROR(NoteNextDay(session, *record));
  return checks_.Close(session, record);
}

absl::Status Registrations::NoteNextDay(sql::Session& session, const v1::RegistrationRecord& record) const {
  const v1::DivorceDays& days = record.registration().divorce_days();
  const std::string& step = StepOf(record);
  std::string last = step == "ISSUE_WINDOW" ? days.window_ends().value()
                     : step == "COOLING"    ? days.cooling_ends().value()
                                            : days.receipt().value();
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(last));
  return session
      .Execute("UPDATE mr_open_divorce SET next_day = :day WHERE number = :number",
               {{"day", FormatDate(day + 1)}, {"number", record.registration().registration_no()}})
      .status();
}

absl::Status Registrations::FollowDays(sql::Session& session, v1::RegistrationRecord* record) const {
  if (!record->registration().has_divorce_days()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const v1::RegistrationState now,
                           DivorceStateOn(record->registration().divorce_days(), desk_.Today()));
  const std::pair<const char*, const char*> ways[] = {
      {"APPLIED", "cooling_begins"}, {"COOLING", "window_begins"}, {"ISSUE_WINDOW", "window_ends"}};
  bool moved = false;
  for (const auto& [step, act] : ways) {
    v1::RegistrationState state = v1::REGISTRATION_STATE_UNSPECIFIED;
    v1::RegistrationState_Parse(absl::StrCat("REGISTRATION_STATE_", step), &state);
    // A clock that was set back changes nothing: steps only go on.
    if (StepOf(*record) != step || now <= state) continue;
    CHUANYU_RETURN_IF_ERROR(checks_.ActAsSystem(act, record));
    moved = true;
  }
  if (!moved) return absl::OkStatus();
  if (StepOf(*record) != "LAPSED") return NoteNextDay(session, *record);
  CHUANYU_RETURN_IF_ERROR(checks_.Close(session, record));
  return session
      .Execute("DELETE FROM mr_open_divorce WHERE number = :number",
               {{"number", record->registration().registration_no()}})
      .status();
}

absl::Status Registrations::RunClock(int limit) const {
  std::vector<std::string> due;
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        due, Texts(session,
                   absl::StrCat("SELECT DISTINCT number FROM mr_open_divorce WHERE next_day <= :today LIMIT ",
                                limit),
                   {{"today", FormatDate(desk_.Today())}}));
    return absl::OkStatus();
  }));
  for (const std::string& number : due) {
    CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session,
                                               CaseDesk::Topics* topics) -> absl::Status {
      CaseRow row;
      CHUANYU_ASSIGN_OR_RETURN(v1::RegistrationRecord record, desk_.LoadRegistration(session, number, &row));
      CHUANYU_RETURN_IF_ERROR(FollowDays(session, &record));
      return desk_.SaveRegistration(session, &record, &row, topics);
    }));
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::marriage
