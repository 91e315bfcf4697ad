#include "common/case_service/claim_calls.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

// Of one transaction: whoever books waits behind it.
constexpr int kPage = 20;

uniqueness::Reply ReplyOf(const cases::v1::ClaimSubjectResponse& response) {
  uniqueness::Reply reply{.granted = response.granted()};
  if (response.has_holder()) {
    reply.holder = uniqueness::Holder{.region = response.holder().region(),
                                      .accepted_at_ms = MillisOf(response.holder().accepted_at())};
  }
  return reply;
}

}  // namespace

absl::StatusOr<cases::v1::ClaimSubjectResponse> ClaimCalls::Claim(
    const std::string& from, const cases::v1::ClaimSubjectRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::string subject, desk_.ReadSubject(request.subject(), request.key_id()));
  if (!IsUuidV7(request.claim_id())) return MakeError(Reason::BAD_REQUEST, {.field = "claim_id"});
  uniqueness::Reply reply;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    // What is in force here keeps a new case out, as an open one does. Its own case is known and gets the
    // answer it had.
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.claims().Find(session, request.claim_id()));
    if (!known && in_force_) {
      CHUANYU_ASSIGN_OR_RETURN(const auto holder, in_force_(session, subject));
      if (holder) {
        reply = {.granted = false, .holder = holder};
        return absl::OkStatus();
      }
    }
    CHUANYU_ASSIGN_OR_RETURN(reply, desk_.claims().OnClaim(session, {subject}, request.claim_id(), from,
                                                           MillisOf(request.accepted_at())));
    return absl::OkStatus();
  }));
  cases::v1::ClaimSubjectResponse response;
  response.set_granted(reply.granted);
  if (reply.holder) SetHolder(*reply.holder, response.mutable_holder());
  return response;
}

absl::Status ClaimCalls::Release(const std::string& from,
                                 const cases::v1::ReleaseSubjectRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::string subject, desk_.ReadSubject(request.subject(), request.key_id()));
  if (!IsUuidV7(request.claim_id())) return MakeError(Reason::BAD_REQUEST, {.field = "claim_id"});
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.claims().Find(session, request.claim_id()));
    if (known && known->region != from) return MakeError(Reason::CASE_NOT_FOUND, {.field = "claim_id"});
    return desk_.claims().OnRelease(session, {subject}, request.claim_id(), from);
  });
}

absl::StatusOr<bool> ClaimCalls::TakeAnswer(sql::Session& session, const OutboxMessage& message,
                                            const std::string& payload) const {
  if (message.operation == desk_.Operation("ReleaseSubject")) return true;
  if (message.operation != desk_.Operation("ClaimSubject")) return false;
  cases::v1::ClaimSubjectRequest request;
  cases::v1::ClaimSubjectResponse response;
  if (!request.ParseFromString(message.payload) || !response.ParseFromString(payload)) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
  }
  CHUANYU_RETURN_IF_ERROR(
      desk_.claims().OnReply(session, request.claim_id(), message.to_region, ReplyOf(response)));
  return true;
}

absl::Status ClaimCalls::TellCases(
    absl::FunctionRef<absl::Status(sql::Session& session, const uniqueness::Claim& claim,
                                   CaseDesk::Topics* topics)>
        tell) const {
  std::vector<uniqueness::Claim> claims;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(claims, desk_.claims().Untold(session, kPage));
    return absl::OkStatus();
  }));
  const auto tell_one = [&](sql::Session& session, const uniqueness::Claim& claim,
                            CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(desk_.claims().Told(session, claim.id));
    CHUANYU_ASSIGN_OR_RETURN(const auto now, desk_.claims().Find(session, claim.id));
    return now ? tell(session, *now, topics) : absl::OkStatus();
  };
  if (claims.empty()) return absl::OkStatus();
  // In one transaction: under load there are hundreds a second.
  const absl::Status all =
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        for (const uniqueness::Claim& claim : claims)
          CHUANYU_RETURN_IF_ERROR(tell_one(session, claim, topics));
        return absl::OkStatus();
      });
  if (all.ok()) return all;
  // One that cannot be told must not keep the others from being told.
  absl::Status first = absl::OkStatus();
  for (const uniqueness::Claim& claim : claims) {
    first.Update(desk_.Transact(
        [&](sql::Session& session, CaseDesk::Topics* topics) { return tell_one(session, claim, topics); }));
  }
  return first;
}

absl::Status ClaimCalls::CheckHeld(sql::Session& session, const std::string& claim_id, bool own) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto claim, desk_.claims().Find(session, claim_id));
  const auto needed = own ? uniqueness::ClaimState::kConfirmed : uniqueness::ClaimState::kGranted;
  if (claim && claim->state == needed) return absl::OkStatus();
  if (claim && claim->state == uniqueness::ClaimState::kPending) {
    return MakeError(Reason::PEER_UNAVAILABLE,
                     {.field = "peer_check", .detail = "another region has not answered yet"});
  }
  return MakeError(Reason::STATE_CONFLICT, {.field = "peer_check"});
}

absl::StatusOr<bool> ClaimCalls::IsGranted(sql::Session& session, const std::string& claim_id,
                                           const std::string& region) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto claim, desk_.claims().Find(session, claim_id));
  return claim && claim->region == region && claim->state == uniqueness::ClaimState::kGranted;
}

absl::StatusOr<bool> ClaimCalls::IsAbout(sql::Session& session, const std::string& claim_id,
                                         const std::string& subject) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto about, desk_.claims().SubjectOf(session, claim_id));
  return about && about->hex == subject;
}

absl::Status DuplicateOf(const uniqueness::Holder& holder, const std::string& field, Reason reason) {
  const absl::Time at = absl::FromUnixMillis(holder.accepted_at_ms);
  return MakeError(reason,
                   {.field = field,
                    .detail = absl::StrCat("region ", holder.region, " since ",
                                           absl::FormatTime("%Y-%m-%d", at, absl::FixedTimeZone(8 * 3600)))});
}

void SetHolder(const uniqueness::Holder& holder, cases::v1::ClaimHolder* out) {
  out->set_region(holder.region);
  *out->mutable_accepted_at() = TimestampOf(absl::FromUnixMillis(holder.accepted_at_ms));
}

}  // namespace chuanyu
