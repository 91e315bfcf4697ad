#include "services/marriage/no_shows.h"

#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/marriage/rules/booking.h"

namespace chuanyu::marriage {
namespace {

constexpr size_t kIdLength = 32;  // in the store beside the region, in one column

}  // namespace

absl::Status NoShows::Record(sql::Session& session, const std::vector<std::string>& subjects,
                             const v1::Appointment& appointment) const {
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(appointment.date().value()));
  const std::string& number = appointment.appointment_no();
  CHUANYU_RETURN_IF_ERROR(Keep(session, subjects, day, number));
  v1::RecordNoShowRequest notice;
  // Of this service's own key: the number would tell the county and the day of booking.
  notice.set_no_show_id(
      desk_.own_indexer().Index({.type = 0, .number = "no_show\n" + number}).ToHex().substr(0, kIdLength));
  notice.set_subject_a(absl::HexStringToBytes(subjects[0]));
  notice.set_subject_b(absl::HexStringToBytes(subjects[1]));
  notice.set_key_id(desk_.config().claim_key_id);
  *notice.mutable_missed_on() = appointment.date();
  for (const std::string& region : desk_.config().peer_regions)
    CHUANYU_RETURN_IF_ERROR(desk_.Send(session, region, kRecordNoShow, number, notice, kAppointment));
  return absl::OkStatus();
}

absl::Status NoShows::Take(const std::string& from, const v1::RecordNoShowRequest& request) const {
  std::vector<std::string> subjects(2);
  CHUANYU_ASSIGN_OR_RETURN(subjects[0], desk_.ReadSubject(request.subject_a(), request.key_id()));
  CHUANYU_ASSIGN_OR_RETURN(subjects[1], desk_.ReadSubject(request.subject_b(), request.key_id()));
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(request.missed_on().value(), "missed_on"));
  if (request.no_show_id().empty() || request.no_show_id().size() > kIdLength)
    return MakeError(Reason::BAD_REQUEST, {.field = "no_show_id"});
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    return Keep(session, subjects, day, absl::StrCat(from, "/", request.no_show_id()));
  });
}

absl::Status NoShows::Keep(sql::Session& session, const std::vector<std::string>& subjects, Date day,
                           const std::string& id) const {
  for (const std::string& subject : subjects) {
    CHUANYU_RETURN_IF_ERROR(
        session.Write("INSERT INTO mr_no_show (subject, day, number) VALUES (:subject, :day, :number) ON "
                      "CONFLICT DO NOTHING",
                      {{"subject", subject}, {"day", FormatDate(day)}, {"number", id}}));
  }
  // Nobody's missed appointments are kept for longer than they can stop a booking.
  const BookingRules& rules = desk_.policy().booking;
  return session
      .Execute("DELETE FROM mr_no_show WHERE day < :oldest",
               {{"oldest", FormatDate(desk_.Today() - rules.no_show_days - rules.block_days)}})
      .status();
}

absl::Status NoShows::CheckBlocks(sql::Session& session, const std::vector<std::string>& subjects) const {
  sql::Binds binds;
  const std::string list = sql::BindList(subjects, &binds);
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query(absl::StrCat("SELECT subject, day FROM mr_no_show WHERE subject IN (", list, ")"),
                    binds));
  std::map<std::string, std::vector<Date>> missed;
  for (const sql::Row& row : found.rows) {
    CHUANYU_ASSIGN_OR_RETURN(missed[sql::TextOf(row[0])].emplace_back(), ParseDate(sql::TextOf(row[1])));
  }
  for (auto& [subject, days] : missed) {
    if (BlockedUntil(desk_.policy().booking, std::move(days), desk_.Today()))
      return MakeError(Reason::C_BOOKING_BLOCKED, {.detail = "walk-in service is open"});
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::marriage
