#include "services/family_economy/provider.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::family_economy {
absl::StatusOr<v1::QueryStatusResponse> Provider::Answer(const ProviderCall& call,
                                                         const v1::QueryStatusRequest& question) {
  CHUANYU_ASSIGN_OR_RETURN(std::optional<v1::QueryStatusResponse> stored,
                           answers_.Find(call.request_id, question));
  if (stored) return *std::move(stored);
  CHUANYU_ASSIGN_OR_RETURN(const v1::QueryStatusResponse answer, registers_.Answer(question, call.purpose));
  return answers_.Keep(call.request_id, question, answer, clock_.Now());
}

grpc::ServerUnaryReactor* Provider::QueryStatus(grpc::CallbackServerContext* context,
                                                const v1::QueryStatusRequest* question,
                                                v1::QueryStatusResponse* answer) {
  absl::StatusOr<ProviderCall> call = AdmitNode(*context, *question, region_);
  const absl::Status admitted = call.status();
  return RunOnWorker(context, workers_, admitted,
                     [this, context, question, answer, call = std::move(call)]() -> absl::Status {
                       CHUANYU_ASSIGN_OR_RETURN(*answer, Answer(*call, *question));
                       const std::vector<v1::ClassResult> results(answer->results().begin(),
                                                                  answer->results().end());
                       context->AddTrailingMetadata("chuanyu-fields", absl::StrJoin(FieldsOf(results), ","));
                       return absl::OkStatus();
                     });
}

grpc::ServerUnaryReactor* Provider::MatchPersons(grpc::CallbackServerContext* context,
                                                 const v1::MatchPersonsRequest* question,
                                                 v1::MatchPersonsResponse* answer) {
  absl::StatusOr<ProviderCall> call = AdmitNode(*context, *question, region_);
  absl::Status admitted = call.status();
  if (admitted.ok() && matches_ == nullptr) admitted = MakeError(Reason::KEY_UNKNOWN, {.field = "key_id"});
  return RunOnWorker(context, workers_, admitted,
                     [this, context, question, answer, call = std::move(call)]() -> absl::Status {
                       CHUANYU_ASSIGN_OR_RETURN(
                           *answer, matches_->Answer(*question, call->from_region, call->purpose));
                       context->AddTrailingMetadata("chuanyu-fields", "hits,data_as_of");
                       return absl::OkStatus();
                     });
}

}  // namespace chuanyu::family_economy
