#include "services/family_economy/provider.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/other_checks.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kMaxEnds = 500;

absl::Status CheckEnds(const v1::TellCheckEndsRequest& told) {
  if (told.ends().empty() || told.ends_size() > kMaxEnds) {
    return MakeError(Reason::BAD_REQUEST, {.field = "ends", .detail = "not 1 to 500"});
  }
  for (const v1::CheckEnd& end : told.ends()) {
    if (!IsUuidV7(end.request_id())) {
      return MakeError(Reason::BAD_REQUEST, {.field = "ends.request_id"});
    }
    if (end.type() == v1::VERIFICATION_TYPE_UNSPECIFIED || !v1::VerificationType_IsValid(end.type())) {
      return MakeError(Reason::CODE_UNKNOWN, {.field = "ends.type"});
    }
  }
  return absl::OkStatus();
}

}  // namespace

// One transaction: somebody waits for the answer, and each is synced.
absl::Status Provider::Complete(const ProviderCall& call, const v1::QueryStatusRequest& question,
                                v1::QueryStatusResponse* answer) {
  const bool keeps = desk_ == nullptr || !OwnRegisters::IsPending(*answer);
  const v1::QueryStatusResponse found = *answer;
  if (meet_ && question.check_type() != v1::VERIFICATION_TYPE_UNSPECIFIED) {
    return meet_(call, question,
                 [&](sql::Session& session, const std::vector<v1::VerificationType>& open) -> absl::Status {
                   *answer = found;  // it may run again
                   for (const v1::VerificationType type : open) answer->add_open_checks(type);
                   if (!keeps) return absl::OkStatus();
                   CHUANYU_ASSIGN_OR_RETURN(
                       *answer, answers_.KeepIn(session, call.request_id, question, *answer, clock_.Now()));
                   return absl::OkStatus();
                 });
  }
  if (!keeps) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(*answer, answers_.Keep(call.request_id, question, found, clock_.Now()));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::QueryStatusResponse>> Provider::Answer(
    const ProviderCall& call, const v1::QueryStatusRequest& question) {
  // The desk first: once it has let the question go, the answer is in the store.
  if (desk_ != nullptr) {
    CHUANYU_ASSIGN_OR_RETURN(const bool waits, desk_->Has(call.request_id));
    if (waits) return std::nullopt;
  }
  CHUANYU_ASSIGN_OR_RETURN(std::optional<v1::QueryStatusResponse> stored,
                           answers_.Find(call.request_id, question));
  if (stored) return stored;
  CHUANYU_ASSIGN_OR_RETURN(v1::QueryStatusResponse answer, registers_.Answer(question, call.purpose));
  CHUANYU_RETURN_IF_ERROR(Complete(call, question, &answer));
  if (desk_ != nullptr && OwnRegisters::IsPending(answer)) {
    v1::StoredLookup lookup;
    *lookup.mutable_question() = question;
    lookup.set_purpose(call.purpose);
    lookup.set_authorization_no(call.authorization_no);
    lookup.set_from_region(call.from_region);
    *lookup.mutable_answer() = answer;
    CHUANYU_RETURN_IF_ERROR(desk_->Begin(call.request_id, LookupFor::kOtherRegion, lookup));
    return std::nullopt;
  }
  return answer;
}

void Provider::AddTo(QuestionServer& questions) {
  questions.Add<v1::FamilyEconomyProvider>("QueryStatus", *this, &Provider::QueryStatus);
  questions.Add<v1::FamilyEconomyProvider>("MatchPersons", *this, &Provider::MatchPersons);
  questions.Add<v1::FamilyEconomyProvider>("TellCheckEnds", *this, &Provider::TellCheckEnds);
}

grpc::ServerUnaryReactor* Provider::QueryStatus(grpc::CallbackServerContext* context,
                                                const v1::QueryStatusRequest* question,
                                                v1::QueryStatusResponse* answer) {
  return RunForNode(
      context, *question, region_, workers_,
      [this, context, question, answer](const ProviderCall& call) -> absl::Status {
        CHUANYU_ASSIGN_OR_RETURN(std::optional<v1::QueryStatusResponse> given, Answer(call, *question));
        if (!given) {
          AnswerLater(context);
          return absl::OkStatus();
        }
        *answer = *std::move(given);
        const std::vector<v1::ClassResult> results(answer->results().begin(), answer->results().end());
        std::vector<std::string> fields = FieldsOf(results);
        if (!answer->open_checks().empty()) fields.emplace_back("open_checks");
        NameFields(context, absl::StrJoin(fields, ","));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Provider::MatchPersons(grpc::CallbackServerContext* context,
                                                 const v1::MatchPersonsRequest* question,
                                                 v1::MatchPersonsResponse* answer) {
  return RunForNode(context, *question, region_, workers_,
                    [this, context, question, answer](const ProviderCall& call) -> absl::Status {
                      if (matches_ == nullptr) return MakeError(Reason::KEY_UNKNOWN, {.field = "key_id"});
                      CHUANYU_ASSIGN_OR_RETURN(*answer,
                                               matches_->Answer(*question, call.from_region, call.purpose));
                      NameFields(context, "hits,data_as_of");
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* Provider::TellCheckEnds(grpc::CallbackServerContext* context,
                                                  const v1::TellCheckEndsRequest* told,
                                                  v1::TellCheckEndsResponse*) {
  return RunForNode(context, *told, region_, workers_,
                    [this, told](const ProviderCall& call) -> absl::Status {
                      if (call.purpose != kEndsPurpose)
                        return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
                      CHUANYU_RETURN_IF_ERROR(CheckEnds(*told));
                      return ends_ ? ends_(call.from_region, *told) : absl::OkStatus();
                    });
}

}  // namespace chuanyu::family_economy
