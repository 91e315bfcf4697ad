// What becomes of an appointment after its hold: acts, claims, the clock.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "services/marriage/bookings.h"
#include "services/marriage/rules/booking.h"
#include "services/marriage/schema.h"

namespace chuanyu::marriage {
namespace {

bool IsLive(v1::AppointmentState state) {
  return state == v1::APPOINTMENT_STATE_HELD || state == v1::APPOINTMENT_STATE_CONFIRMED ||
         state == v1::APPOINTMENT_STATE_CHECKED_IN;
}

absl::Status Conflict() { return MakeError(Reason::STATE_CONFLICT, {.field = "appointment_no"}); }

}  // namespace

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
        return Save(session, record, false, topics);
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
    if (appointment.check() == v1::BOOKING_CHECK_VERIFIED) return absl::OkStatus();  // by the other's claim
    CHUANYU_ASSIGN_OR_RETURN(const bool held, desk_.IsHeld(session, PairOf(record)));
    if (!held) return absl::OkStatus();
    appointment.set_check(v1::BOOKING_CHECK_VERIFIED);
  }
  return Save(session, record, false, topics);
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
  CHUANYU_RETURN_IF_ERROR(End(session, v1::APPOINTMENT_STATE_FULFILLED, &*record));
  return Save(session, *record, false, topics);
}

absl::Status Bookings::EndPast(sql::Session& session, v1::AppointmentRecord* record) const {
  const v1::Appointment& appointment = record->appointment();
  if (appointment.state() == v1::APPOINTMENT_STATE_HELD)
    return End(session, v1::APPOINTMENT_STATE_RELEASED, record);
  if (appointment.state() == v1::APPOINTMENT_STATE_CHECKED_IN)
    return End(session, v1::APPOINTMENT_STATE_FULFILLED, record);
  CHUANYU_ASSIGN_OR_RETURN(const Booker booker,
                           Read(appointment, *desk_.policy().FindOffice(appointment.office_code())));
  CHUANYU_RETURN_IF_ERROR(no_shows_.Record(session, booker.unscoped, appointment));
  return End(session, v1::APPOINTMENT_STATE_NO_SHOW, record);
}

absl::Status Bookings::RunClock(int limit) const {
  std::vector<std::string> due;
  CHUANYU_RETURN_IF_ERROR(desk_.CaseDesk::Read([&](sql::Session& session) -> absl::Status {
    // Each by an index of its own (schema.cc): these are asked every second.
    CHUANYU_ASSIGN_OR_RETURN(due, Texts(session,
                                        absl::StrCat("SELECT number FROM mr_appointment WHERE ", kIsHeld,
                                                     " AND until_ms <= :now ORDER BY until_ms LIMIT ", limit),
                                        {{"now", desk_.clock().NowMs()}}));
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> past,
                             Texts(session,
                                   absl::StrCat("SELECT number FROM mr_appointment WHERE ", kIsLive,
                                                " AND day < :today ORDER BY day LIMIT ", limit),
                                   {{"today", FormatDate(desk_.Today())}}));
    due.insert(due.end(), past.begin(), past.end());
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
          return Save(session, record, false, topics);
        }));
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::marriage
