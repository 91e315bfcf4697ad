#include "services/marriage/bookings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/case_service/claim_calls.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "services/marriage/rules/booking.h"

namespace chuanyu::marriage {
namespace {

bool IsLive(v1::AppointmentState state) {
  return state == v1::APPOINTMENT_STATE_HELD || state == v1::APPOINTMENT_STATE_CONFIRMED ||
         state == v1::APPOINTMENT_STATE_CHECKED_IN;
}

absl::Status Conflict() { return MakeError(Reason::STATE_CONFLICT, {.field = "appointment_no"}); }

sql::Binds SlotKey(const v1::Appointment& appointment) {
  return {{"office", appointment.office_code()},
          {"day", appointment.date().value()},
          {"period", appointment.period()},
          {"service", int64_t{appointment.service()}}};
}

constexpr char kIsSlot[] =
    " WHERE office = :office AND day = :day AND period = :period AND service = :service";

std::string SealName(const std::string& number) { return "mr_appointment/" + number; }

Pair PairOf(const v1::AppointmentRecord& record) {
  return {.subject_a = record.subject_a(),
          .subject_b = record.subject_b(),
          .claim_a = record.claim_a(),
          .claim_b = record.claim_b()};
}

}  // namespace

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

absl::Status Bookings::CheckBlocks(sql::Session& session, const Booker& booker) const {
  for (const std::string& subject : booker.unscoped) {
    CHUANYU_ASSIGN_OR_RETURN(
        const std::vector<std::string> days,
        Texts(session, "SELECT day FROM mr_no_show WHERE subject = :subject", {{"subject", subject}}));
    std::vector<Date> missed;
    for (const std::string& text : days) {
      CHUANYU_ASSIGN_OR_RETURN(missed.emplace_back(), ParseDate(text));
    }
    if (BlockedUntil(desk_.policy().booking, std::move(missed), desk_.Today()))
      return MakeError(Reason::C_BOOKING_BLOCKED, {.detail = "walk-in service is open"});
  }
  return absl::OkStatus();
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
  CHUANYU_RETURN_IF_ERROR(
      session
          .Execute("INSERT INTO mr_slot (office, day, period, service, capacity, booked) VALUES (:office, "
                   ":day, :period, :service, :capacity, 0) ON CONFLICT (office, day, period, service) DO "
                   "UPDATE SET capacity = CASE WHEN mr_slot.booked > excluded.capacity THEN mr_slot.booked "
                   "ELSE excluded.capacity END",
                   binds)
          .status());
  CHUANYU_ASSIGN_OR_RETURN(const int64_t taken,
                           session.Execute(absl::StrCat("UPDATE mr_slot SET booked = booked + 1", kIsSlot,
                                                        " AND booked < capacity"),
                                           SlotKey(appointment)));
  return taken == 1 ? absl::OkStatus() : MakeError(Reason::SLOT_FULL, {.field = "appointment.period"});
}

absl::Status Bookings::GivePlaceBack(sql::Session& session, const v1::Appointment& appointment) const {
  return session
      .Execute(absl::StrCat("UPDATE mr_slot SET booked = booked - 1", kIsSlot), SlotKey(appointment))
      .status();
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
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
    if (known) {
      CHUANYU_ASSIGN_OR_RETURN(record, Load(session, *known));
      return absl::OkStatus();
    }
    v1::Appointment& appointment = *record.mutable_appointment();
    CHUANYU_RETURN_IF_ERROR(CheckBookingTime(desk_.policy().booking, *office, *period, desk_.calendar(), day,
                                             desk_.clock().Now()));
    CHUANYU_RETURN_IF_ERROR(CheckIssueDay(session, appointment));
    CHUANYU_RETURN_IF_ERROR(CheckBlocks(session, booker));
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
    CHUANYU_RETURN_IF_ERROR(Save(session, record, true));
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

absl::StatusOr<v1::Appointment> Bookings::Act(const std::string& org,
                                              const v1::ActOnAppointmentRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(org, request.request_id(), request));
  v1::AppointmentRecord record;
  absl::Status refused;
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        refused = absl::OkStatus();
        CHUANYU_ASSIGN_OR_RETURN(record, Load(session, request.appointment_no()));
        CHUANYU_RETURN_IF_ERROR(CheckMaySee(org, record));
        CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
        if (known) return absl::OkStatus();
        topics->push_back(request.appointment_no());
        const bool late = record.appointment().state() == v1::APPOINTMENT_STATE_HELD &&
                          MillisOf(record.appointment().held_until()) <= desk_.clock().NowMs();
        if (late) {
          // Free now and not only at the next tick; the caller is told by the state.
          CHUANYU_RETURN_IF_ERROR(End(session, v1::APPOINTMENT_STATE_RELEASED, &record));
          refused = Conflict();
        } else {
          CHUANYU_RETURN_IF_ERROR(Apply(session, org, request, &record));
          CHUANYU_RETURN_IF_ERROR(desk_.rows().RememberAct(session, key, request.appointment_no()));
        }
        return Save(session, record, false);
      }));
  if (!refused.ok()) return refused;
  return ViewOf(record.appointment());
}

absl::Status Bookings::Apply(sql::Session& session, const std::string& org,
                             const v1::ActOnAppointmentRequest& request,
                             v1::AppointmentRecord* record) const {
  v1::Appointment& appointment = *record->mutable_appointment();
  const v1::AppointmentState state = appointment.state();
  CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(appointment.date().value()));
  CHUANYU_ASSIGN_OR_RETURN(const RegistryOffice* const office, desk_.OfficeOf(appointment.office_code()));
  switch (request.act()) {
    case v1::APPOINTMENT_ACT_CONFIRM:
      if (state != v1::APPOINTMENT_STATE_HELD) return Conflict();
      appointment.set_state(v1::APPOINTMENT_STATE_CONFIRMED);
      appointment.clear_held_until();
      return absl::OkStatus();
    case v1::APPOINTMENT_ACT_CANCEL:
      if (state != v1::APPOINTMENT_STATE_HELD && state != v1::APPOINTMENT_STATE_CONFIRMED) return Conflict();
      if (state == v1::APPOINTMENT_STATE_CONFIRMED)
        CHUANYU_RETURN_IF_ERROR(CheckCancelTime(desk_.policy().booking, day, desk_.Today()));
      return End(session, v1::APPOINTMENT_STATE_CANCELLED, record);
    case v1::APPOINTMENT_ACT_CHECK_IN: {
      CHUANYU_RETURN_IF_ERROR(desk_.CheckOfficer(org, *office));
      if (state != v1::APPOINTMENT_STATE_CONFIRMED || day != desk_.Today()) return Conflict();
      v1::Appointment come = appointment;
      *come.mutable_person_a() = request.person_a();
      *come.mutable_person_b() = request.person_b();
      CHUANYU_ASSIGN_OR_RETURN(const Booker booker, Read(come, *office));
      const auto both = [](const v1::AppointmentRecord& of) {
        return std::minmax({of.subject_a(), of.subject_b()});
      };
      if (both(booker.record) != both(*record)) return MakeError(Reason::C_ABSENT, {.field = "person_a"});
      appointment.set_state(v1::APPOINTMENT_STATE_CHECKED_IN);
      return absl::OkStatus();
    }
    case v1::APPOINTMENT_ACT_FULFIL:
      CHUANYU_RETURN_IF_ERROR(desk_.CheckOfficer(org, *office));
      if (state != v1::APPOINTMENT_STATE_CHECKED_IN) return Conflict();
      return End(session, v1::APPOINTMENT_STATE_FULFILLED, record);
    default:
      return MakeError(Reason::BAD_REQUEST, {.field = "act"});
  }
}

absl::Status Bookings::End(sql::Session& session, v1::AppointmentState state,
                           v1::AppointmentRecord* record) const {
  if (state == v1::APPOINTMENT_STATE_CANCELLED || state == v1::APPOINTMENT_STATE_RELEASED)
    CHUANYU_RETURN_IF_ERROR(GivePlaceBack(session, record->appointment()));
  record->mutable_appointment()->set_state(state);
  record->mutable_appointment()->clear_held_until();
  Pair pair = PairOf(*record);
  CHUANYU_RETURN_IF_ERROR(desk_.LetGo(session, &pair));
  record->clear_claim_a();
  record->clear_claim_b();
  return absl::OkStatus();
}

absl::Status Bookings::TakeClaim(sql::Session& session, const std::string& number,
                                 const uniqueness::Claim& claim, CaseDesk::Topics* topics) const {
  CHUANYU_ASSIGN_OR_RETURN(v1::AppointmentRecord record, Load(session, number));
  if (claim.id != record.claim_a() && claim.id != record.claim_b()) return absl::OkStatus();
  v1::Appointment& appointment = *record.mutable_appointment();
  if (claim.state == uniqueness::ClaimState::kRefused) {
    appointment.set_check(v1::BOOKING_CHECK_DUPLICATE);
    appointment.set_cancelled_as_duplicate(true);
    CHUANYU_RETURN_IF_ERROR(End(session, v1::APPOINTMENT_STATE_CANCELLED, &record));
  } else {
    CHUANYU_ASSIGN_OR_RETURN(const bool held, desk_.IsHeld(session, PairOf(record)));
    if (!held) return absl::OkStatus();
    appointment.set_check(v1::BOOKING_CHECK_VERIFIED);
  }
  topics->push_back(number);
  return Save(session, record, false);
}

absl::Status Bookings::Fulfil(sql::Session& session, const std::string& number,
                              const v1::RegistrationRecord& served, CaseDesk::Topics* topics) const {
  absl::StatusOr<v1::AppointmentRecord> record = Load(session, number);
  if (HasReason(record.status(), Reason::CASE_NOT_FOUND)) return absl::OkStatus();
  CHUANYU_RETURN_IF_ERROR(record.status());
  const auto numbers = [](const type::v1::PersonRef& a, const type::v1::PersonRef& b) {
    return std::minmax({a.doc_no(), b.doc_no()});
  };
  const v1::Appointment& appointment = record->appointment();
  const bool theirs =
      numbers(appointment.person_a(), appointment.person_b()) ==
      numbers(served.registration().party_a().person(), served.registration().party_b().person());
  if (!theirs || !IsLive(appointment.state())) return absl::OkStatus();
  topics->push_back(number);
  CHUANYU_RETURN_IF_ERROR(End(session, v1::APPOINTMENT_STATE_FULFILLED, &*record));
  return Save(session, *record, false);
}

absl::Status Bookings::EndPast(sql::Session& session, v1::AppointmentRecord* record) const {
  const v1::Appointment& appointment = record->appointment();
  if (appointment.state() == v1::APPOINTMENT_STATE_HELD)
    return End(session, v1::APPOINTMENT_STATE_RELEASED, record);
  if (appointment.state() == v1::APPOINTMENT_STATE_CHECKED_IN)
    return End(session, v1::APPOINTMENT_STATE_FULFILLED, record);
  CHUANYU_ASSIGN_OR_RETURN(const Booker booker,
                           Read(appointment, *desk_.policy().FindOffice(appointment.office_code())));
  for (const std::string& subject : booker.unscoped) {
    CHUANYU_RETURN_IF_ERROR(
        session
            .Execute("INSERT INTO mr_no_show (subject, day, number) VALUES (:subject, :day, "
                     ":number) ON CONFLICT DO NOTHING",
                     {{"subject", subject},
                      {"day", appointment.date().value()},
                      {"number", appointment.appointment_no()}})
            .status());
  }
  return End(session, v1::APPOINTMENT_STATE_NO_SHOW, record);
}

absl::Status Bookings::RunClock(int limit) const {
  std::vector<std::string> due;
  const sql::Binds binds = {{"held", int64_t{v1::APPOINTMENT_STATE_HELD}},
                            {"last", int64_t{v1::APPOINTMENT_STATE_CHECKED_IN}},
                            {"now", desk_.clock().NowMs()},
                            {"today", FormatDate(desk_.Today())}};
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(due,
                             Texts(session,
                                   absl::StrCat("SELECT number FROM mr_appointment WHERE (state = :held AND "
                                                "until_ms <= :now) OR (state <= :last AND day < :today) "
                                                "LIMIT ",
                                                limit),
                                   binds));
    return absl::OkStatus();
  }));
  for (const std::string& number : due) {
    CHUANYU_RETURN_IF_ERROR(
        desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
          CHUANYU_ASSIGN_OR_RETURN(v1::AppointmentRecord record, Load(session, number));
          const v1::Appointment& appointment = record.appointment();
          if (!IsLive(appointment.state())) return absl::OkStatus();
          if (appointment.date().value() >= FormatDate(desk_.Today()) &&
              (appointment.state() != v1::APPOINTMENT_STATE_HELD ||
               MillisOf(appointment.held_until()) > desk_.clock().NowMs()))
            return absl::OkStatus();  // it was acted upon meanwhile
          CHUANYU_RETURN_IF_ERROR(EndPast(session, &record));
          topics->push_back(number);
          return Save(session, record, false);
        }));
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

absl::Status Bookings::Save(sql::Session& session, const v1::AppointmentRecord& record, bool is_new) const {
  const v1::Appointment& appointment = record.appointment();
  const std::string& number = appointment.appointment_no();
  CHUANYU_ASSIGN_OR_RETURN(const std::string sealed,
                           crypto::SealText(desk_.sealer(), record.SerializeAsString(), SealName(number)));
  return session
      .Execute(is_new ? "INSERT INTO mr_appointment (number, state, day, until_ms, sealed) VALUES (:number, "
                        ":state, :day, :until, :sealed)"
                      : "UPDATE mr_appointment SET state = :state, day = :day, until_ms = :until, sealed = "
                        ":sealed WHERE number = :number",
               {{"number", number},
                {"state", int64_t{appointment.state()}},
                {"day", appointment.date().value()},
                {"until", MillisOf(appointment.held_until())},
                {"sealed", sealed}})
      .status();
}

}  // namespace chuanyu::marriage
