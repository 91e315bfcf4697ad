#include "services/marriage/peers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::marriage {

absl::StatusOr<v1::CheckMaritalStatusResponse> Peers::CheckMaritalStatus(
    const std::string& from, const std::string& purpose, const v1::CheckMaritalStatusRequest& request) const {
  if (purpose != kMarry && purpose != kDivorce)
    return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  CHUANYU_ASSIGN_OR_RETURN(const std::string a, desk_.ReadSubject(request.subject_a(), request.key_id()));
  CHUANYU_ASSIGN_OR_RETURN(const std::string b, desk_.ReadSubject(request.subject_b(), request.key_id()));
  v1::CheckMaritalStatusResponse response;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    // Nobody's status is told to a region that does not stand at the counter with the two.
    for (const auto& [claim, subject] : {std::pair{request.claim_a(), a}, {request.claim_b(), b}}) {
      CHUANYU_ASSIGN_OR_RETURN(const bool granted, claims_.IsGranted(session, claim, from));
      CHUANYU_ASSIGN_OR_RETURN(const bool about, claims_.IsAbout(session, claim, subject));
      // An answer and no error: the check may have ended there, and its question must not come for ever.
      if (!granted || !about) return absl::OkStatus();
    }
    response.set_held(true);
    CHUANYU_ASSIGN_OR_RETURN(*response.mutable_status_a(), registers_.StatusOf(session, a, desk_.Today()));
    CHUANYU_ASSIGN_OR_RETURN(*response.mutable_status_b(), registers_.StatusOf(session, b, desk_.Today()));
    CHUANYU_ASSIGN_OR_RETURN(const bool couple, registers_.AreCouple(session, a, b));
    response.set_same_couple(couple);
    return absl::OkStatus();
  }));
  return response;
}

absl::Status Peers::RecordEvent(const std::string& from, const v1::RecordEventRequest& request) const {
  RegisteredEvent event{.kind = request.kind(), .certificate_no = request.certificate_no(), .region = from};
  CHUANYU_ASSIGN_OR_RETURN(event.subject_a, desk_.ReadSubject(request.subject_a(), request.key_id()));
  CHUANYU_ASSIGN_OR_RETURN(event.subject_b, desk_.ReadSubject(request.subject_b(), request.key_id()));
  CHUANYU_ASSIGN_OR_RETURN(event.registered_on, ParseDate(request.registered_on().value(), "registered_on"));
  if (event.kind == v1::REGISTRATION_KIND_UNSPECIFIED)
    return MakeError(Reason::BAD_REQUEST, {.field = "kind"});
  if (event.certificate_no.empty() || event.certificate_no.size() > 24)
    return MakeError(Reason::BAD_REQUEST, {.field = "certificate_no"});
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    return registers_.Record(session, event);
  });
}

absl::StatusOr<v1::BookResponse> Peers::Book(const std::string& from, const v1::BookRequest& request) const {
  if (request.org().empty()) return MakeError(Reason::BAD_REQUEST, {.field = "org"});
  const std::string org = absl::StrCat(from, "/", request.org());
  v1::BookResponse response;
  switch (request.call_case()) {
    case v1::BookRequest::kListSlots: {
      CHUANYU_ASSIGN_OR_RETURN(const auto slots, bookings_.List(request.list_slots()));
      for (const v1::Slot& slot : slots) *response.add_slots() = slot;
      return response;
    }
    case v1::BookRequest::kHold: {
      CHUANYU_ASSIGN_OR_RETURN(*response.mutable_appointment(), bookings_.Hold(org, request.hold()));
      return response;
    }
    case v1::BookRequest::kAct: {
      CHUANYU_ASSIGN_OR_RETURN(*response.mutable_appointment(), bookings_.Act(org, request.act()));
      return response;
    }
    case v1::BookRequest::kGet: {
      CHUANYU_ASSIGN_OR_RETURN(*response.mutable_appointment(),
                               bookings_.Get(org, request.get().appointment_no()));
      return response;
    }
    default:
      return MakeError(Reason::BAD_REQUEST, {.field = "call"});
  }
}

absl::Status Peers::ApplyAnswer(sql::Session& session, const OutboxMessage& message,
                                const std::string& payload, CaseDesk::Topics* topics) const {
  CHUANYU_ASSIGN_OR_RETURN(const bool claim, claims_.TakeAnswer(session, message, payload));
  if (claim) return absl::OkStatus();
  if (message.operation == desk_.Operation(kRecordEvent))
    return checks_.TakeNoticed(session, message.correlation_id, message.to_region, topics);
  if (message.operation == desk_.Operation(kRecordNoShow)) return absl::OkStatus();
  v1::CheckMaritalStatusRequest question;
  v1::CheckMaritalStatusResponse answer;
  if (message.operation != desk_.Operation(kCheckMaritalStatus) ||
      !question.ParseFromString(message.payload) || !answer.ParseFromString(payload)) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
  }
  return checks_.TakeStatus(session, message.correlation_id, message.to_region, question, answer, topics);
}

absl::Status Peers::TakeAnswer(const OutboxMessage& message, const std::string& payload) const {
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const bool there, desk_.outbox().Remove(session, message.request_id));
    return there ? ApplyAnswer(session, message, payload, topics) : absl::OkStatus();
  });
}

absl::Status Peers::TellCases() const {
  return claims_.TellCases(
      [&](sql::Session& session, const uniqueness::Claim& claim, CaseDesk::Topics* topics) -> absl::Status {
        CHUANYU_ASSIGN_OR_RETURN(
            const sql::Result found,
            session.Query("SELECT kind, number FROM mr_claim WHERE claim_id = :id", {{"id", claim.id}}));
        if (found.rows.empty()) return absl::OkStatus();
        const std::string number = sql::TextOf(found.rows[0][1]);
        return sql::TextOf(found.rows[0][0]) == "A" ? bookings_.TakeClaim(session, number, claim, topics)
                                                    : checks_.TakeClaim(session, number, claim, topics);
      });
}

}  // namespace chuanyu::marriage
