#include "services/marriage/bookings.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/case_service/claim_calls.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/service/page_token.h"
#include "services/marriage/rules/booking.h"
#include "services/marriage/schema.h"

namespace chuanyu::marriage {
namespace {

sql::Binds SlotKey(const v1::Appointment& appointment) {
  return {{"office", appointment.office_code()},
          {"day", appointment.date().value()},
          {"period", appointment.period()},
          {"service", int64_t{appointment.service()}}};
}

constexpr char kIsSlot[] =
    " WHERE office = :office AND day = :day AND period = :period AND service = :service";

std::string SealName(const std::string& number) { return "mr_appointment/" + number; }

}  // namespace

Pair PairOf(const v1::AppointmentRecord& record) {
  return {.subject_a = record.subject_a(),
          .subject_b = record.subject_b(),
          .claim_a = record.claim_a(),
          .claim_b = record.claim_b()};
}

v1::Appointment ViewOf(const v1::Appointment& appointment) {
  v1::Appointment out = appointment;
  out.clear_person_a();
  out.clear_person_b();
  return out;
}

absl::StatusOr<std::vector<v1::Slot>> Bookings::List(const v1::ListSlotsRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office, desk_.OfficeOf(request.office_code()));
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(request.date().value(), "date"));
  CHUANYU_ASSIGN_OR_RETURN(const bool bookable, IsBookable(*office, desk_.calendar(), day));
  std::vector<v1::Slot> out;
  if (!bookable) return out;
  for (const Period& period : office->periods) {
    for (const v1::SlotService service : office->services) {
      if (request.service() != v1::SLOT_SERVICE_UNSPECIFIED && request.service() != service) continue;
      v1::Slot& slot = out.emplace_back();
      slot.set_office_code(office->code);
      slot.mutable_date()->set_value(FormatDate(day));
      slot.set_period(period.name);
      slot.set_service(service);
      slot.set_capacity(period.capacity);
    }
  }
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query("SELECT period, service, booked FROM mr_slot WHERE office = :office AND day = :day",
                      {{"office", office->code}, {"day", FormatDate(day)}}));
    for (const sql::Row& row : found.rows) {
      for (v1::Slot& slot : out) {
        if (slot.period() == sql::TextOf(row[0]) && slot.service() == sql::IntOf(row[1]))
          slot.set_booked(static_cast<int32_t>(sql::IntOf(row[2])));
      }
    }
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<Bookings::Booker> Bookings::Read(const v1::Appointment& appointment,
                                                const RegistryOffice& office) const {
  Booker out;
  std::vector<Warning> warnings;
  const Date today = desk_.Today();
  CHUANYU_ASSIGN_OR_RETURN(const Person a, ParsePerson(appointment.person_a(), today, desk_.divisions(),
                                                       "appointment.person_a", &warnings));
  CHUANYU_ASSIGN_OR_RETURN(const Person b, ParsePerson(appointment.person_b(), today, desk_.divisions(),
                                                       "appointment.person_b", &warnings));
  if (a.Key() == b.Key()) return MakeError(Reason::C_SAME_PERSON, {.field = "appointment.person_b"});
  if (!office.services.contains(appointment.service()))
    return MakeError(Reason::BAD_REQUEST, {.field = "appointment.service"});
  const std::string scope = v1::SlotService_Name(appointment.service());
  out.record.set_subject_a(desk_.SubjectOf(a, scope));
  out.record.set_subject_b(desk_.SubjectOf(b, scope));
  out.unscoped = {desk_.SubjectOf(a), desk_.SubjectOf(b)};
  v1::Appointment& stored = *out.record.mutable_appointment();
  stored.set_office_code(office.code);
  *stored.mutable_date() = appointment.date();
  stored.set_period(appointment.period());
  stored.set_service(appointment.service());
  stored.set_registration_no(appointment.registration_no());
  *stored.mutable_person_a() = a.ToProto();
  *stored.mutable_person_b() = b.ToProto();
  return out;
}

// 离婚登记发证: only inside the issue window, at the office that accepted the application.
absl::Status Bookings::CheckIssueDay(sql::Session& session, const v1::Appointment& appointment) const {
  if (appointment.service() != v1::SLOT_SERVICE_DIVORCE_ISSUE) return absl::OkStatus();
  CaseRow row;
  CHUANYU_ASSIGN_OR_RETURN(const v1::RegistrationRecord record,
                           desk_.LoadRegistration(session, appointment.registration_no(), &row));
  const v1::Registration& divorce = record.registration();
  if (!divorce.has_divorce_days() || divorce.office_code() != appointment.office_code())
    return MakeError(Reason::CASE_NOT_FOUND, {.field = "appointment.registration_no"});
  // Text of one form: in the order of the days.
  const std::string& day = appointment.date().value();
  if (day < divorce.divorce_days().window_begins().value() ||
      day > divorce.divorce_days().window_ends().value())
    return MakeError(Reason::C_BOOKING_CLOSED, {.field = "date", .detail = "outside the issue window"});
  return absl::OkStatus();
}

absl::Status Bookings::TakePlace(sql::Session& session, const v1::Appointment& appointment,
                                 int capacity) const {
  sql::Binds binds = SlotKey(appointment);
  binds["capacity"] = int64_t{capacity};
  CHUANYU_ASSIGN_OR_RETURN(
      int64_t taken,
      session.Execute(absl::StrCat("UPDATE mr_slot SET booked = booked + 1, capacity = :capacity", kIsSlot,
                                   " AND booked < :capacity"),
                      binds));
  if (taken == 0 && capacity > 0) {
    // The first of the slot.
    CHUANYU_ASSIGN_OR_RETURN(
        taken, session.Execute("INSERT INTO mr_slot (office, day, period, service, capacity, booked) VALUES "
                               "(:office, :day, :period, :service, :capacity, 1) ON CONFLICT DO NOTHING",
                               binds));
  }
  return taken == 1 ? absl::OkStatus() : MakeError(Reason::SLOT_FULL, {.field = "appointment.period"});
}

absl::Status Bookings::GivePlaceBack(sql::Session& session, const v1::Appointment& appointment) const {
  return session.Write(absl::StrCat("UPDATE mr_slot SET booked = booked - 1", kIsSlot), SlotKey(appointment));
}

absl::StatusOr<v1::Appointment> Bookings::Hold(const std::string& org,
                                               const v1::HoldAppointmentRequest& request) const {
  const v1::Appointment& asked = request.appointment();
  if (!asked.appointment_no().empty() || asked.state() != v1::APPOINTMENT_STATE_UNSPECIFIED)
    return MakeError(Reason::BAD_REQUEST, {.field = "appointment", .detail = "an output field is set"});
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(org, request.request_id(), request));
  CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office, desk_.OfficeOf(asked.office_code()));
  const Period* const period = office->FindPeriod(asked.period());
  if (period == nullptr) return MakeError(Reason::BAD_REQUEST, {.field = "appointment.period"});
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(asked.date().value(), "appointment.date"));
  CHUANYU_ASSIGN_OR_RETURN(Booker booker, Read(asked, *office));
  const std::string county = *desk_.CountyOf(*office);
  v1::AppointmentRecord& record = booker.record;
  record.set_org(org);
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
        if (known) {
          CHUANYU_ASSIGN_OR_RETURN(record, Load(session, *known));
          return absl::OkStatus();
        }
        v1::Appointment& appointment = *record.mutable_appointment();
        CHUANYU_RETURN_IF_ERROR(CheckBookingTime(desk_.policy().booking, *office, *period, desk_.calendar(),
                                                 day, desk_.clock().Now()));
        CHUANYU_RETURN_IF_ERROR(CheckIssueDay(session, appointment));
        CHUANYU_RETURN_IF_ERROR(no_shows_.CheckBlocks(session, booker.unscoped));
        CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, desk_.rows().NextSequence(session));
        appointment.set_appointment_no(desk_.NumberOf(kLetter, county, sequence));
        // Persons first, then the place: two couples never wait for each other.
        Pair pair = PairOf(record);
        CHUANYU_ASSIGN_OR_RETURN(const auto holder,
                                 desk_.Hold(session, 'A', appointment.appointment_no(), &pair));
        if (holder) return DuplicateOf(*holder, "appointment");
        record.set_claim_a(pair.claim_a);
        record.set_claim_b(pair.claim_b);
        CHUANYU_RETURN_IF_ERROR(TakePlace(session, appointment, period->capacity));
        appointment.set_state(v1::APPOINTMENT_STATE_HELD);
        appointment.set_check(v1::BOOKING_CHECK_UNVERIFIED);
        *appointment.mutable_held_until() =
            TimestampOf(desk_.clock().Now() + absl::Minutes(desk_.policy().booking.hold_minutes));
        CHUANYU_RETURN_IF_ERROR(Save(session, record, true, topics));
        return desk_.rows().RememberAct(session, key, appointment.appointment_no());
      }));
  return ViewOf(record.appointment());
}

absl::Status Bookings::CheckMaySee(const std::string& org, const v1::AppointmentRecord& record) const {
  if (record.org() == org) return absl::OkStatus();
  const RegistryOffice* const office = desk_.policy().FindOffice(record.appointment().office_code());
  if (office != nullptr && desk_.CheckOfficer(org, *office).ok()) return absl::OkStatus();
  return MakeError(Reason::CASE_NOT_FOUND, {.field = "appointment_no"});
}

absl::StatusOr<v1::Appointment> Bookings::Get(const std::string& org, const std::string& number) const {
  v1::AppointmentRecord record;
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(record, Load(session, number));
    return CheckMaySee(org, record);
  }));
  return ViewOf(record.appointment());
}

std::string DayTopic(const std::string& office, const std::string& day) {
  return absl::StrCat("day/", office, "/", day);
}

absl::StatusOr<std::vector<v1::Appointment>> Bookings::OfDay(const std::string& org,
                                                             const std::string& office,
                                                             const std::string& day, const std::string& after,
                                                             const std::string& condition, int limit) const {
  CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const known, desk_.OfficeOf(office));
  CHUANYU_RETURN_IF_ERROR(desk_.CheckOfficer(org, *known));
  CHUANYU_RETURN_IF_ERROR(ParseDate(day, "date").status());
  std::vector<v1::Appointment> out;
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query(absl::StrCat("SELECT number, sealed FROM mr_appointment WHERE office = :office AND day "
                                   "= :day AND number > :after AND ",
                                   condition, " ORDER BY number LIMIT ", limit),
                      {{"office", office}, {"day", day}, {"after", after}}));
    for (const sql::Row& row : found.rows) {
      CHUANYU_ASSIGN_OR_RETURN(const auto record, OpenMessage<v1::AppointmentRecord>(
                                                      desk_.sealer(), row[1], SealName(sql::TextOf(row[0]))));
      out.push_back(ViewOf(record.appointment()));
    }
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<v1::ListAppointmentsResponse> Bookings::ListDay(
    const std::string& org, const v1::ListAppointmentsRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  CHUANYU_ASSIGN_OR_RETURN(auto found, OfDay(org, request.office_code(), request.date().value(),
                                             request.page_token(), "1 = 1", size + 1));
  v1::ListAppointmentsResponse response;
  for (v1::Appointment& appointment : found) {
    if (response.appointments_size() == size) {
      response.set_next_page_token(response.appointments(size - 1).appointment_no());
      break;
    }
    *response.add_appointments() = std::move(appointment);
  }
  return response;
}

absl::StatusOr<v1::WatchAppointmentsResponse> Bookings::LiveOfDay(const std::string& org,
                                                                  const std::string& office,
                                                                  const std::string& day) const {
  constexpr int kMost = 10'000;  // in a message of 4 MiB
  CHUANYU_ASSIGN_OR_RETURN(auto found, OfDay(org, office, day, "", kIsLive, kMost));
  v1::WatchAppointmentsResponse response;
  for (v1::Appointment& appointment : found) *response.add_appointments() = std::move(appointment);
  return response;
}

absl::Status Bookings::Versions(sql::Session& session, const std::vector<std::string>& topics,
                                std::map<std::string, int64_t>* versions) const {
  for (const std::string& topic : topics) {
    const std::vector<std::string> parts = absl::StrSplit(topic, '/');
    if (parts.size() != 3 || DayTopic(parts[1], parts[2]) != topic) continue;
    // Nothing is ever taken out of a day, so this goes up with each change.
    CHUANYU_ASSIGN_OR_RETURN(
        const sql::Result found,
        session.Query("SELECT CAST(COALESCE(SUM(changes + 1), 0) AS BIGINT) FROM mr_appointment WHERE office "
                      "= :office AND day = :day",
                      {{"office", parts[1]}, {"day", parts[2]}}));
    (*versions)[topic] = sql::IntOf(found.rows.at(0).at(0));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::AppointmentRecord> Bookings::Load(sql::Session& session, const std::string& number) const {
  CHUANYU_ASSIGN_OR_RETURN(
      const sql::Result found,
      session.Query("SELECT sealed FROM mr_appointment WHERE number = :number", {{"number", number}}));
  if (found.rows.empty()) return MakeError(Reason::CASE_NOT_FOUND, {.field = "appointment_no"});
  return OpenMessage<v1::AppointmentRecord>(desk_.sealer(), found.rows[0][0], SealName(number));
}

absl::Status Bookings::Save(sql::Session& session, const v1::AppointmentRecord& record, bool is_new,
                            CaseDesk::Topics* topics) const {
  const v1::Appointment& appointment = record.appointment();
  const std::string& number = appointment.appointment_no();
  topics->push_back(DayTopic(appointment.office_code(), appointment.date().value()));
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(desk_.sealer(), record.SerializeAsString(), SealName(number)));
  return session.Write(
      is_new ? "INSERT INTO mr_appointment (number, state, day, until_ms, sealed, office) VALUES "
               "(:number, :state, :day, :until, :sealed, :office)"
             : "UPDATE mr_appointment SET state = :state, day = :day, until_ms = :until, sealed = "
               ":sealed, office = :office, changes = changes + 1 WHERE number = :number",
      {{"number", number},
       {"state", int64_t{appointment.state()}},
       {"day", appointment.date().value()},
       {"office", appointment.office_code()},
       {"until", MillisOf(appointment.held_until())},
       {"sealed", sealed}});
}

}  // namespace chuanyu::marriage
