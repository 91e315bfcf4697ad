#include "services/child_welfare/peers.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {

absl::StatusOr<v1::PushApplicationResponse> Peers::Push(const std::string& from,
                                                        const v1::PushApplicationRequest& request) {
  v1::PushApplicationResponse response;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.store().FindByClaim(session, request.claim_id()));
    if (known) return absl::OkStatus();  // a repeat
    CHUANYU_ASSIGN_OR_RETURN(const bool granted, claims_.IsGranted(session, request.claim_id(), from));
    const auto refuse = [&](Reason reason) {
      response.set_refused_reason(std::string(ReasonName(reason)));
      return absl::OkStatus();
    };
    if (!granted) return refuse(Reason::DUP_ACTIVE_APPLICATION);
    StoredApplication stored{.window_region = from, .claim_id = request.claim_id()};
    v1::Application& application = stored.application;
    CopyPushed(request.application(), &application);
    const auto parsed = desk_.Parse(application);
    if (!parsed.ok()) return refuse(ReasonOf(parsed.status()).value_or(Reason::BAD_REQUEST));
    if (parsed->hukou_region != desk_.own_region()) return refuse(Reason::B_NOT_HUKOU);
    stored.subject = desk_.SubjectOf(parsed->child);
    application.mutable_deciding_region()->set_code(desk_.own_region());
    application.set_version(1);
    application.set_peer_check(v1::PEER_CHECK_CONFIRMED);
    CHUANYU_RETURN_IF_ERROR(cases::Begin(desk_.flow(), desk_.calendar(), "TOWN_REVIEW", desk_.Today(),
                                         application.mutable_steps()));
    CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&application));
    CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, desk_.store().NextSequence(session));
    return desk_.store().Insert(session, stored, sequence);
  }));
  return response;
}

absl::Status Peers::ActAsSystem(sql::Session& session, const std::string& act, StoredApplication* stored,
                                CaseDesk::Topics* topics) {
  CHUANYU_RETURN_IF_ERROR(cases::Perform(desk_.flow(), desk_.calendar(), act, {.role = cases::kSystem},
                                         desk_.Today(), stored->application.mutable_steps()));
  CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&stored->application));
  topics->push_back(stored->application.application_no());
  return desk_.store().Save(session, stored);
}

absl::Status Peers::TakeResult(const std::string& from, const v1::ReturnResultRequest& request) {
  std::string act;
  if (request.state() == v1::APPLICATION_STATE_APPROVED) act = "result_approved";
  if (request.state() == v1::APPLICATION_STATE_REJECTED) act = "result_rejected";
  if (request.state() == v1::APPLICATION_STATE_RETURNED) act = "result_returned";
  if (act.empty()) return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored, desk_.store().Load(session, request.application_no()));
    // Only the region that was asked to decide can have.
    if (stored.application.deciding_region().code() != from) return MakeError(Reason::CASE_NOT_FOUND);
    if (stored.application.state() != v1::APPLICATION_STATE_PUSHED) return absl::OkStatus();  // a repeat
    if (request.has_result()) *stored.application.mutable_result() = request.result();
    return ActAsSystem(session, act, &stored, topics);
  });
}

absl::StatusOr<v1::SignedRecognition> Peers::CheckStatus(const std::string& from, const std::string& purpose,
                                                         const v1::CheckStatusRequest& request) {
  if (purpose != kPurpose && purpose != kServicePurpose) {
    return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  }
  std::vector<Warning> warnings;
  CHUANYU_ASSIGN_OR_RETURN(const Person person, ParsePerson(request.person(), desk_.Today(),
                                                            desk_.divisions(), "person", &warnings));
  const std::string subject = desk_.SubjectOf(person);
  v1::SignedRecognition out;
  const auto recognise = [&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(out, determinations_.Recognise(session, subject, person, purpose));
    return absl::OkStatus();
  };
  if (!request.subscribe()) {
    CHUANYU_RETURN_IF_ERROR(desk_.Read(recognise));
    return out;
  }
  // With the subscription in one transaction: a change after this answer is told.
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(desk_.store().Subscribe(session, subject, from));
    return recognise(session);
  }));
  return out;
}

absl::Status Peers::TakeChange(const v1::StatusChangedRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string subject, desk_.ReadSubject(request.subject(), request.key_id()));
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto orgs, desk_.store().Watchers(session, subject));
    if (orgs.empty()) return absl::OkStatus();
    // The same message again is the same bytes: its act is known.
    const ActKey key{.org = "@change",
                     .request_id = crypto::HexEncode(crypto::View(
                         crypto::Hash(crypto::HashAlg::kSm3, {request.signed_recognition().note()}))),
                     .body_mac = "change"};
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.store().FindAct(session, key));
    if (known) return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(desk_.store().RememberAct(session, key, ""));
    CHUANYU_RETURN_IF_ERROR(desk_.store().AddChange(session, subject, request.signed_recognition()));
    for (const std::string& org : orgs) topics->push_back(OrgTopic(org));
    return absl::OkStatus();
  });
}

absl::Status Peers::ApplyAnswer(sql::Session& session, const OutboxMessage& message,
                                const std::string& payload, CaseDesk::Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(const bool claim, claims_.TakeAnswer(session, message, payload));
  if (claim || message.operation != desk_.Operation(kPushApplication)) return absl::OkStatus();
  v1::PushApplicationResponse response;
  if (!response.ParseFromString(payload)) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
  }
  if (response.refused_reason().empty()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored, desk_.store().Load(session, message.correlation_id));
  if (stored.application.state() != v1::APPLICATION_STATE_PUSHED) return absl::OkStatus();
  return ActAsSystem(session, "result_returned", &stored, topics);
}

absl::Status Peers::TakeAnswer(const OutboxMessage& message, const std::string& payload) {
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const bool there, desk_.outbox().Remove(session, message.request_id));
    return there ? ApplyAnswer(session, message, payload, topics) : absl::OkStatus();
  });
}

absl::Status Peers::TellCases() {
  return claims_.TellCases([&](sql::Session& session, const uniqueness::Claim& claim,
                               CaseDesk::Topics* topics) { return TellCase(session, claim, topics); });
}

absl::Status Peers::TellCase(sql::Session& session, const uniqueness::Claim& claim,
                             CaseDesk::Topics* topics) {
  CHUANYU_ASSIGN_OR_RETURN(auto stored, desk_.store().FindByClaim(session, claim.id));
  if (!stored) return absl::OkStatus();
  v1::Application& application = stored->application;
  if (claim.state == uniqueness::ClaimState::kRefused) {
    application.set_peer_check(v1::PEER_CHECK_REFUSED);
    if (claim.holder) SetHolder(*claim.holder, application.mutable_duplicate_of());
    const std::string step = cases::Current(application.steps()).step();
    if (desk_.flow().FindAct(step, "end_duplicate") != nullptr) {
      return ActAsSystem(session, "end_duplicate", &*stored, topics);
    }
  } else if (claim.state == uniqueness::ClaimState::kConfirmed) {
    application.set_peer_check(v1::PEER_CHECK_CONFIRMED);
    if (!desk_.DecidesHere(application)) {
      CHUANYU_RETURN_IF_ERROR(applications_.Forward(session, &*stored));
    }
  }
  topics->push_back(application.application_no());
  return desk_.store().Save(session, &*stored);
}

}  // namespace chuanyu::child_welfare
