#include "services/child_welfare/peers.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/crypto/hash.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

constexpr int kPage = 100;

uniqueness::Reply ReplyOf(const cases::v1::ClaimSubjectResponse& response) {
  uniqueness::Reply reply{.granted = response.granted()};
  if (response.has_holder()) {
    reply.holder = uniqueness::Holder{.region = response.holder().region(),
                                      .accepted_at_ms = MillisOf(response.holder().accepted_at())};
  }
  return reply;
}

}  // namespace

absl::StatusOr<std::string> Peers::ReadSubject(const std::string& bytes, const std::string& key_id) const {
  if (key_id != desk_.d.claim_key_id) return MakeError(Reason::KEY_UNKNOWN, {.field = "key_id"});
  CHUANYU_ASSIGN_OR_RETURN(const crypto::BlindIndex index, crypto::BlindIndex::FromBytes(bytes));
  return index.ToHex();
}

absl::StatusOr<cases::v1::ClaimSubjectResponse> Peers::Claim(const std::string& from,
                                                             const cases::v1::ClaimSubjectRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string subject, ReadSubject(request.subject(), request.key_id()));
  if (!IsUuidV7(request.claim_id())) return MakeError(Reason::BAD_REQUEST, {.field = "claim_id"});
  uniqueness::Reply reply;
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, std::vector<std::string>*) -> absl::Status {
        // A status in force here keeps a new application out, as an open one does. Its own application is
        // known and gets the answer it had.
        CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.d.claims.Find(session, request.claim_id()));
        CHUANYU_ASSIGN_OR_RETURN(const auto in_force, determinations_.InForce(session, subject));
        if (!known && in_force) {
          reply = {.granted = false, .holder = in_force};
          return absl::OkStatus();
        }
        CHUANYU_ASSIGN_OR_RETURN(reply, desk_.d.claims.OnClaim(session, {subject}, request.claim_id(), from,
                                                               MillisOf(request.accepted_at())));
        return absl::OkStatus();
      }));
  cases::v1::ClaimSubjectResponse response;
  response.set_granted(reply.granted);
  if (reply.holder) SetHolder(*reply.holder, response.mutable_holder());
  return response;
}

absl::Status Peers::Release(const std::string& from, const cases::v1::ReleaseSubjectRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string subject, ReadSubject(request.subject(), request.key_id()));
  if (!IsUuidV7(request.claim_id())) return MakeError(Reason::BAD_REQUEST, {.field = "claim_id"});
  return desk_.Transact([&](sql::Session& session, std::vector<std::string>*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.d.claims.Find(session, request.claim_id()));
    if (known && known->region != from) return MakeError(Reason::CASE_NOT_FOUND, {.field = "claim_id"});
    return desk_.d.claims.OnRelease(session, {subject}, request.claim_id(), from);
  });
}

absl::StatusOr<v1::PushApplicationResponse> Peers::Push(const std::string& from,
                                                        const v1::PushApplicationRequest& request) {
  v1::PushApplicationResponse response;
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, std::vector<std::string>*) -> absl::Status {
        CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.d.store.FindByClaim(session, request.claim_id()));
        if (known) return absl::OkStatus();  // a repeat
        CHUANYU_ASSIGN_OR_RETURN(const auto claim, desk_.d.claims.Find(session, request.claim_id()));
        const auto refuse = [&](Reason reason) {
          response.set_refused_reason(std::string(ReasonName(reason)));
          return absl::OkStatus();
        };
        if (!claim || claim->region != from || claim->state != uniqueness::ClaimState::kGranted) {
          return refuse(Reason::DUP_ACTIVE_APPLICATION);
        }
        StoredApplication stored{.window_region = from, .claim_id = request.claim_id()};
        v1::Application& application = stored.application;
        CopyPushed(request.application(), &application);
        const auto parsed = desk_.Parse(application);
        if (!parsed.ok()) return refuse(ReasonOf(parsed.status()).value_or(Reason::BAD_REQUEST));
        if (parsed->hukou_region != desk_.d.own_region) return refuse(Reason::B_NOT_HUKOU);
        stored.subject = desk_.SubjectOf(parsed->child);
        application.mutable_deciding_region()->set_code(desk_.d.own_region);
        application.set_version(1);
        application.set_peer_check(v1::PEER_CHECK_CONFIRMED);
        CHUANYU_RETURN_IF_ERROR(cases::Begin(desk_.d.flow, desk_.d.calendar, "TOWN_REVIEW", desk_.Today(),
                                             application.mutable_steps()));
        CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&application));
        CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, desk_.d.store.NextSequence(session));
        return desk_.d.store.Insert(session, stored, sequence);
      }));
  return response;
}

absl::Status Peers::ActAsSystem(sql::Session& session, const std::string& act, StoredApplication* stored,
                                std::vector<std::string>* topics) {
  CHUANYU_RETURN_IF_ERROR(cases::Perform(desk_.d.flow, desk_.d.calendar, act, {.role = cases::kSystem},
                                         desk_.Today(), stored->application.mutable_steps()));
  CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&stored->application));
  topics->push_back(stored->application.application_no());
  return desk_.d.store.Save(session, stored);
}

absl::Status Peers::TakeResult(const std::string& from, const v1::ReturnResultRequest& request) {
  std::string act;
  if (request.state() == v1::APPLICATION_STATE_APPROVED) act = "result_approved";
  if (request.state() == v1::APPLICATION_STATE_REJECTED) act = "result_rejected";
  if (request.state() == v1::APPLICATION_STATE_RETURNED) act = "result_returned";
  if (act.empty()) return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  return desk_.Transact([&](sql::Session& session, std::vector<std::string>* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored, desk_.d.store.Load(session, request.application_no()));
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
                                                            desk_.d.divisions, "person", &warnings));
  const std::string subject = desk_.SubjectOf(person);
  v1::SignedRecognition out;
  const auto recognise = [&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(out, determinations_.Recognise(session, subject, person, purpose));
    return absl::OkStatus();
  };
  if (!request.subscribe()) {
    CHUANYU_RETURN_IF_ERROR(desk_.d.pool.Run(recognise));
    return out;
  }
  // With the subscription in one transaction: a change after this answer is told.
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, std::vector<std::string>*) -> absl::Status {
        CHUANYU_RETURN_IF_ERROR(desk_.d.store.Subscribe(session, subject, from));
        return recognise(session);
      }));
  return out;
}

absl::Status Peers::TakeChange(const v1::StatusChangedRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const std::string subject, ReadSubject(request.subject(), request.key_id()));
  return desk_.Transact([&](sql::Session& session, std::vector<std::string>* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto orgs, desk_.d.store.Watchers(session, subject));
    if (orgs.empty()) return absl::OkStatus();
    // The same message again is the same bytes: its act is known.
    const ActKey key{.org = "@change",
                     .request_id = crypto::HexEncode(crypto::View(
                         crypto::Hash(crypto::HashAlg::kSm3, {request.signed_recognition().note()}))),
                     .body_mac = "change"};
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.d.store.FindAct(session, key));
    if (known) return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(desk_.d.store.RememberAct(session, key, ""));
    CHUANYU_RETURN_IF_ERROR(desk_.d.store.AddChange(session, subject, request.signed_recognition()));
    for (const std::string& org : orgs) topics->push_back(OrgTopic(org));
    return absl::OkStatus();
  });
}

absl::Status Peers::ApplyAnswer(sql::Session& session, const OutboxMessage& message,
                                const std::string& payload, std::vector<std::string>* topics) {
  if (message.operation == kClaimSubject) {
    cases::v1::ClaimSubjectRequest request;
    cases::v1::ClaimSubjectResponse response;
    if (!request.ParseFromString(message.payload) || !response.ParseFromString(payload)) {
      return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
    }
    return desk_.d.claims.OnReply(session, request.claim_id(), message.to_region, ReplyOf(response));
  }
  if (message.operation != kPushApplication) return absl::OkStatus();
  v1::PushApplicationResponse response;
  if (!response.ParseFromString(payload)) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
  }
  if (response.refused_reason().empty()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored, desk_.d.store.Load(session, message.correlation_id));
  if (stored.application.state() != v1::APPLICATION_STATE_PUSHED) return absl::OkStatus();
  return ActAsSystem(session, "result_returned", &stored, topics);
}

absl::Status Peers::TakeAnswer(const OutboxMessage& message, const std::string& payload) {
  return desk_.Transact([&](sql::Session& session, std::vector<std::string>* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const bool there, desk_.d.outbox.Remove(session, message.request_id));
    return there ? ApplyAnswer(session, message, payload, topics) : absl::OkStatus();
  });
}

absl::Status Peers::TellCases() {
  std::vector<uniqueness::Claim> claims;
  CHUANYU_RETURN_IF_ERROR(desk_.d.pool.Run([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(claims, desk_.d.claims.Untold(session, kPage));
    return absl::OkStatus();
  }));
  for (const uniqueness::Claim& claim : claims) {
    CHUANYU_RETURN_IF_ERROR(
        desk_.Transact([&](sql::Session& session, std::vector<std::string>* topics) -> absl::Status {
          CHUANYU_RETURN_IF_ERROR(desk_.d.claims.Told(session, claim.id));
          CHUANYU_ASSIGN_OR_RETURN(const auto now, desk_.d.claims.Find(session, claim.id));
          CHUANYU_ASSIGN_OR_RETURN(auto stored, desk_.d.store.FindByClaim(session, claim.id));
          if (!now || !stored) return absl::OkStatus();
          v1::Application& application = stored->application;
          if (now->state == uniqueness::ClaimState::kRefused) {
            application.set_peer_check(v1::PEER_CHECK_REFUSED);
            if (now->holder) SetHolder(*now->holder, application.mutable_duplicate_of());
            const std::string step = cases::Current(application.steps()).step();
            if (desk_.d.flow.FindAct(step, "end_duplicate") != nullptr) {
              return ActAsSystem(session, "end_duplicate", &*stored, topics);
            }
          } else if (now->state == uniqueness::ClaimState::kConfirmed) {
            application.set_peer_check(v1::PEER_CHECK_CONFIRMED);
            if (!desk_.DecidesHere(application)) {
              CHUANYU_RETURN_IF_ERROR(applications_.Forward(session, &*stored));
            }
          }
          topics->push_back(application.application_no());
          return desk_.d.store.Save(session, &*stored);
        }));
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::child_welfare
