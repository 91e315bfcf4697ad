#include "common/case_service/claim_calls.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/calendar/china_time.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

// Of one transaction: whoever books waits behind it.
constexpr size_t kPage = 40;

constexpr int kMostFurther = 1000;

// Of ClaimSubjectResponse or FurtherAnswer.
template <typename Answer>
uniqueness::Reply ReplyOf(const Answer& response) {
  uniqueness::Reply reply{.granted = response.granted()};
  if (response.has_holder()) {
    reply.holder = uniqueness::Holder{.region = response.holder().region(),
                                      .accepted_at_ms = MillisOf(response.holder().accepted_at())};
  }
  return reply;
}

}  // namespace

// One of a request, whichever message it stands in.
struct ClaimCalls::Asked {
  std::string claim_id;
  std::string subject;
  int64_t accepted_at_ms;
};

absl::StatusOr<std::vector<ClaimCalls::Asked>> ClaimCalls::AskedIn(
    const cases::v1::ClaimSubjectRequest& request) const {
  if (request.further_size() > kMostFurther) return MakeError(Reason::BAD_REQUEST, {.field = "further"});
  std::vector<Asked> out;
  const auto add = [&](const auto& claim) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(std::string subject, desk_.ReadSubject(claim.subject(), request.key_id()));
    if (!IsUuidV7(claim.claim_id())) return MakeError(Reason::BAD_REQUEST, {.field = "claim_id"});
    out.push_back({claim.claim_id(), std::move(subject), MillisOf(claim.accepted_at())});
    return absl::OkStatus();
  };
  CHUANYU_RETURN_IF_ERROR(add(request));
  for (const cases::v1::FurtherClaim& claim : request.further()) CHUANYU_RETURN_IF_ERROR(add(claim));
  return out;
}

absl::StatusOr<uniqueness::Reply> ClaimCalls::Answer(sql::Session& session, const std::string& from,
                                                     const Asked& asked) const {
  // What is in force here keeps a new case out, as an open one does. Its own case is known and gets the
  // answer it had.
  if (in_force_) {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.claims().Find(session, asked.claim_id));
    if (!known) {
      CHUANYU_ASSIGN_OR_RETURN(const auto holder, in_force_(session, asked.subject));
      if (holder) return uniqueness::Reply{.granted = false, .holder = holder};
    }
  }
  return desk_.claims().OnClaim(session, {asked.subject}, asked.claim_id, from, asked.accepted_at_ms);
}

absl::StatusOr<cases::v1::ClaimSubjectResponse> ClaimCalls::Claim(
    const std::string& from, const cases::v1::ClaimSubjectRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Asked> asked, AskedIn(request));
  cases::v1::ClaimSubjectResponse response;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    response.Clear();
    for (const Asked& claim : asked) {
      CHUANYU_ASSIGN_OR_RETURN(const uniqueness::Reply reply, Answer(session, from, claim));
      const auto set = [&reply](auto* answer) {
        answer->set_granted(reply.granted);
        if (reply.holder) SetHolder(*reply.holder, answer->mutable_holder());
      };
      if (&claim == &asked.front())
        set(&response);
      else
        set(response.add_further());
    }
    return absl::OkStatus();
  }));
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
  if (!request.ParseFromString(message.payload) || !response.ParseFromString(payload) ||
      request.further_size() != response.further_size()) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
  }
  const std::string& peer = message.to_region;
  CHUANYU_RETURN_IF_ERROR(desk_.claims().OnReply(session, request.claim_id(), peer, ReplyOf(response)));
  for (int at = 0; at < request.further_size(); ++at) {
    CHUANYU_RETURN_IF_ERROR(
        desk_.claims().OnReply(session, request.further(at).claim_id(), peer, ReplyOf(response.further(at))));
  }
  return true;
}

absl::Status ClaimCalls::TellCases(TellFn tell) const {
  for (;;) {
    std::vector<uniqueness::Claim> claims;
    CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
      CHUANYU_ASSIGN_OR_RETURN(claims, desk_.claims().Untold(session, int{kPage}));
      return absl::OkStatus();
    }));
    if (claims.empty()) return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(TellPage(claims, tell));
    if (claims.size() < kPage) return absl::OkStatus();
  }
}

absl::Status ClaimCalls::TellPage(const std::vector<uniqueness::Claim>& claims, TellFn tell) const {
  const auto tell_one = [&](sql::Session& session, const uniqueness::Claim& claim,
                            CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(desk_.claims().Told(session, claim.id));
    CHUANYU_ASSIGN_OR_RETURN(const auto now, desk_.claims().Find(session, claim.id));
    return now ? tell(session, *now, topics) : absl::OkStatus();
  };
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
  return MakeError(reason, {.field = field,
                            .detail = absl::StrCat("region ", holder.region, " since ",
                                                   absl::FormatTime("%Y-%m-%d", at, ChinaTime()))});
}

void SetHolder(const uniqueness::Holder& holder, cases::v1::ClaimHolder* out) {
  out->set_region(holder.region);
  *out->mutable_accepted_at() = TimestampOf(absl::FromUnixMillis(holder.accepted_at_ms));
}

}  // namespace chuanyu
