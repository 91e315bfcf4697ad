#include "services/child_welfare/recognitions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

// A clerk waits: domain page §3.11, sync.
constexpr absl::Duration kAnswerWithin = absl::Seconds(5);
constexpr int kPage = 100;

absl::StatusOr<v1::CheckRecognitionResponse> ResponseOf(const v1::SignedRecognition& signed_recognition,
                                                        const std::string& subscription_id) {
  v1::CheckRecognitionResponse response;
  *response.mutable_signed_recognition() = signed_recognition;
  response.set_subscription_id(subscription_id);
  if (!response.mutable_recognition()->ParseFromString(signed_recognition.statement())) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
  }
  return response;
}

}  // namespace

// Checks the question; the region that is to be asked, and the subscription, which is there before the
// question goes out: a change that is told before the answer arrives must find it.
absl::StatusOr<std::string> Recognitions::Prepare(const std::string& org,
                                                  const v1::CheckRecognitionRequest& request,
                                                  std::string* region) {
  if (request.purpose() != kPurpose && request.purpose() != kServicePurpose) {
    return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  }
  std::vector<Warning> warnings;
  CHUANYU_ASSIGN_OR_RETURN(const Person person, ParsePerson(request.person(), desk_.Today(),
                                                            desk_.divisions(), "person", &warnings));
  CHUANYU_ASSIGN_OR_RETURN(*region,
                           RegionOf(request.hukou_code(), desk_.Today(), desk_.divisions(), "hukou_code"));
  if (*region != desk_.own_region() && !desk_.config().peer_regions.contains(*region)) {
    return MakeError(Reason::PEER_UNAVAILABLE,
                     {.field = "hukou_code", .detail = "no region that is reached"});
  }
  if (!request.subscribe()) return std::string();
  const std::string subject = desk_.SubjectOf(person);
  const std::string id = desk_.own_indexer()
                             .Index({.type = 0, .number = absl::StrCat("subscription\n", org, "\n", subject)})
                             .ToHex();
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) {
    return desk_.store().Watch(session, org, subject, id);
  }));
  return id;
}

void Recognitions::Check(const std::string& org, const v1::CheckRecognitionRequest& request, Done done) {
  std::string region;
  const absl::StatusOr<std::string> subscription = Prepare(org, request, &region);
  if (!subscription.ok()) return done(subscription.status());
  v1::CheckStatusRequest question;
  *question.mutable_person() = request.person();
  question.set_subscribe(request.subscribe());
  if (region == desk_.own_region()) {
    question.set_subscribe(false);  // own organisations are told by their watch
    return peers_.CheckStatus(
        region, request.purpose(), question,
        [done = std::move(done), id = *subscription](absl::StatusOr<v1::SignedRecognition> answer) {
          if (!answer.ok()) return done(answer.status());
          done(ResponseOf(*answer, id));
        });
  }
  sender_->Ask({.to_region = region,
                .operation = desk_.Operation(kCheckStatus),
                .purpose = request.purpose(),
                .payload = question.SerializeAsString()},
               kAnswerWithin,
               [done = std::move(done), id = *subscription](absl::StatusOr<std::string> payload) {
                 if (HasReason(payload.status(), Reason::DEADLINE_PASSED)) {
                   return done(MakeError(Reason::PEER_UNAVAILABLE, {.detail = "no answer yet"}));
                 }
                 if (!payload.ok()) return done(payload.status());
                 v1::CheckStatusResponse answer;
                 if (!answer.ParseFromString(*payload)) {
                   return done(MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"}));
                 }
                 done(ResponseOf(answer.signed_recognition(), id));
               });
}

absl::Status Recognitions::Versions(sql::Session& session, const std::vector<std::string>& topics,
                                    std::map<std::string, int64_t>* versions) const {
  const std::string prefix = OrgTopic("");
  for (const std::string& topic : topics) {
    if (!topic.starts_with(prefix)) continue;
    CHUANYU_ASSIGN_OR_RETURN((*versions)[topic],
                             desk_.store().LastChange(session, topic.substr(prefix.size())));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::RecognitionChange>> Recognitions::Changes(const std::string& org,
                                                                         int64_t after) {
  std::vector<v1::RecognitionChange> out;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(out, desk_.store().Changes(session, org, after, kPage));
    return absl::OkStatus();
  }));
  return out;
}

absl::Status Recognitions::EraseOnce() const {
  const CaseRetention& options = desk_.config().retention;
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) {
    return desk_.store()
        .EraseChanges(session, desk_.Today() - options.content_days, options.max_rows)
        .status();
  });
}

}  // namespace chuanyu::child_welfare
