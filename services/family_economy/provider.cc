#include "services/family_economy/provider.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/rpc/identity.h"
#include "common/rpc/unknown_fields.h"

namespace chuanyu::family_economy {
namespace {

std::string MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  return std::string(found->second.data(), found->second.size());
}

}  // namespace

absl::StatusOr<Provider::Call> Provider::Admit(const grpc::CallbackServerContext& context,
                                               const google::protobuf::Message& question) const {
  CHUANYU_ASSIGN_OR_RETURN(const rpc::CallerIdentity caller, rpc::IdentifyCaller(context));
  CHUANYU_RETURN_IF_ERROR(rpc::RequireRole(caller, rpc::CallerRole::kNode));
  // The other region's node has the same role; what it wants comes through the own node and its journal.
  if (caller.region != region_) return MakeError(Reason::CALLER_WRONG_REGION);
  CHUANYU_RETURN_IF_ERROR(rpc::RejectUnknownFields(question));
  Call call{.request_id = MetadataOf(context, "chuanyu-request-id"),
            .purpose = MetadataOf(context, "chuanyu-purpose"),
            .from_region = MetadataOf(context, "chuanyu-from-region")};
  if (!IsUuidV7(call.request_id)) return MakeError(Reason::BAD_REQUEST, {.field = "chuanyu-request-id"});
  return call;
}

absl::StatusOr<v1::QueryStatusResponse> Provider::Answer(const Call& call,
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
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<Call> call = Admit(*context, *question);
  if (!call.ok()) {
    reactor->Finish(rpc::ToGrpc(call.status()));
    return reactor;
  }
  const bool posted = workers_.Post([this, context, question, answer, reactor, call = *std::move(call)] {
    absl::StatusOr<v1::QueryStatusResponse> given = Answer(call, *question);
    if (given.ok()) {
      *answer = *std::move(given);
      const std::vector<v1::ClassResult> results(answer->results().begin(), answer->results().end());
      context->AddTrailingMetadata("chuanyu-fields", absl::StrJoin(FieldsOf(results), ","));
    }
    reactor->Finish(rpc::ToGrpc(given.status()));
  });
  if (!posted) {
    // RESOURCE_EXHAUSTED: the node tries again later.
    reactor->Finish(rpc::ToGrpc(MakeError(Reason::QUOTA, {.detail = "the provider's queue is full"})));
  }
  return reactor;
}

grpc::ServerUnaryReactor* Provider::MatchPersons(grpc::CallbackServerContext* context,
                                                 const v1::MatchPersonsRequest* question,
                                                 v1::MatchPersonsResponse* answer) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::StatusOr<Call> call = Admit(*context, *question);
  absl::Status refused = call.status();
  if (refused.ok() && matches_ == nullptr) refused = MakeError(Reason::KEY_UNKNOWN, {.field = "key_id"});
  if (!refused.ok()) {
    reactor->Finish(rpc::ToGrpc(refused));
    return reactor;
  }
  const bool posted = workers_.Post([this, context, question, answer, reactor, call = *std::move(call)] {
    absl::StatusOr<v1::MatchPersonsResponse> given =
        matches_->Answer(*question, call.from_region, call.purpose);
    if (given.ok()) {
      *answer = *std::move(given);
      context->AddTrailingMetadata("chuanyu-fields", "hits,data_as_of");
    }
    reactor->Finish(rpc::ToGrpc(given.status()));
  });
  if (!posted) {
    reactor->Finish(rpc::ToGrpc(MakeError(Reason::QUOTA, {.detail = "the provider's queue is full"})));
  }
  return reactor;
}

}  // namespace chuanyu::family_economy
