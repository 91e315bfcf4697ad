#include "services/disability/status_query.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::disability {
namespace {

// A clerk waits: domain page §3.11, sync.
constexpr absl::Duration kAnswerWithin = absl::Seconds(5);

v1::QueryBenefitsResponse ResponseOf(const v1::QueryStatusResponse& answer) {
  v1::QueryBenefitsResponse out;
  *out.mutable_benefits() = answer.benefits();
  return out;
}

}  // namespace

absl::StatusOr<v1::QueryStatusRequest> StatusQuery::Prepare(const v1::QueryBenefitsRequest& request,
                                                            std::string* region) const {
  if (request.purpose() != kPurpose) return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  std::vector<Warning> warnings;
  CHUANYU_ASSIGN_OR_RETURN(const Person person, ParsePerson(request.person(), desk_.Today(),
                                                            desk_.divisions(), "person", &warnings));
  CHUANYU_ASSIGN_OR_RETURN(*region,
                           RegionOf(request.hukou_code(), desk_.Today(), desk_.divisions(), "hukou_code"));
  if (*region != desk_.own_region() && !desk_.config().peer_regions.contains(*region)) {
    return MakeError(Reason::PEER_UNAVAILABLE,
                     {.field = "hukou_code", .detail = "no region that is reached"});
  }
  v1::QueryStatusRequest question;
  question.set_subject(absl::HexStringToBytes(desk_.SubjectOf(person)));
  question.set_key_id(desk_.config().claim_key_id);
  return question;
}

absl::StatusOr<v1::QueryStatusResponse> StatusQuery::Answer(const std::string& purpose,
                                                            const v1::QueryStatusRequest& request) const {
  if (purpose != kPurpose) return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  CHUANYU_ASSIGN_OR_RETURN(const std::string subject, desk_.ReadSubject(request.subject(), request.key_id()));
  v1::QueryStatusResponse response;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto found, grants_.StatusOf(session, subject));
    *response.mutable_benefits() = {found.begin(), found.end()};
    return absl::OkStatus();
  }));
  return response;
}

void StatusQuery::Ask(const v1::QueryBenefitsRequest& request, Done done) const {
  std::string region;
  const absl::StatusOr<v1::QueryStatusRequest> question = Prepare(request, &region);
  if (!question.ok()) return done(question.status());
  if (region == desk_.own_region()) {
    const auto answer = Answer(request.purpose(), *question);
    if (!answer.ok()) return done(answer.status());
    return done(ResponseOf(*answer));
  }
  sender_->Ask({.to_region = region,
                .operation = desk_.Operation(kQueryStatus),
                .purpose = request.purpose(),
                .payload = question->SerializeAsString()},
               kAnswerWithin, [done = std::move(done)](absl::StatusOr<std::string> payload) {
                 if (HasReason(payload.status(), Reason::DEADLINE_PASSED)) {
                   return done(MakeError(Reason::PEER_UNAVAILABLE, {.detail = "no answer yet"}));
                 }
                 if (!payload.ok()) return done(payload.status());
                 v1::QueryStatusResponse answer;
                 if (!answer.ParseFromString(*payload)) {
                   return done(MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"}));
                 }
                 done(ResponseOf(answer));
               });
}

}  // namespace chuanyu::disability
