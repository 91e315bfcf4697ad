#include "common/service/calls.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/rpc/identity.h"
#include "common/rpc/unknown_fields.h"
#include "common/service/auditor_calls.h"
#include "common/service/streamed_question.h"
#include "common/telemetry/log.h"

namespace chuanyu {
namespace {

std::string MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  return std::string(found->second.data(), found->second.size());
}

absl::StatusOr<rpc::CallerIdentity> CallerOf(const grpc::CallbackServerContext& context) {
  const StreamedQuestion* const streamed = StreamedQuestion::Of(context);
  if (streamed != nullptr) return streamed->node();
  return rpc::IdentifyCaller(context);
}

// Who was turned away and why is what an operator looks for first; systems have names, persons do not appear.
absl::Status Refused(const grpc::CallbackServerContext& context, const google::protobuf::Message& request,
                     const absl::Status& why) {
  const absl::StatusOr<rpc::CallerIdentity> caller = CallerOf(context);
  LogEvent(Severity::kWarning, "call_refused",
           {{"reason", std::string(ReasonName(ReasonOf(why).value_or(Reason::INTERNAL)))},
            {"request", request.GetTypeName()},
            {"caller", caller.ok() ? caller->region + "/" + caller->org + "/" + caller->system : "unknown"}});
  return why;
}

using Done = std::function<void(const absl::Status& end)>;

// How a call ends: by its reactor, or, without one, as one question of a stream.
struct Ending {
  grpc::ServerUnaryReactor* reactor = nullptr;
  Done end;
};

Ending EndingOf(grpc::CallbackServerContext* context) {
  StreamedQuestion* const streamed = StreamedQuestion::Of(context);
  if (streamed != nullptr) {
    return {.end = [streamed](const absl::Status& end) { streamed->Finish(end); }};
  }
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  return {reactor, [reactor](const absl::Status& end) { reactor->Finish(rpc::ToGrpc(end)); }};
}

template <typename Admitted>
grpc::ServerUnaryReactor* BeginOnWorker(grpc::CallbackServerContext* context, WorkerPool& workers,
                                        absl::StatusOr<Admitted> admitted,
                                        std::function<void(const Admitted&, Done)> begin) {
  const Ending ending = EndingOf(context);
  if (!admitted.ok()) {
    ending.end(admitted.status());
    return ending.reactor;
  }
  const bool posted = workers.Post([end = ending.end, admitted = *std::move(admitted),
                                    begin = std::move(begin)] { begin(admitted, end); });
  // RESOURCE_EXHAUSTED: an exchange node tries again later.
  if (!posted) ending.end(MakeError(Reason::QUOTA, {.detail = "the service is overloaded"}));
  return ending.reactor;
}

template <typename Admitted>
grpc::ServerUnaryReactor* RunOnWorker(grpc::CallbackServerContext* context, WorkerPool& workers,
                                      absl::StatusOr<Admitted> admitted,
                                      std::function<absl::Status(const Admitted&)> work) {
  return BeginOnWorker<Admitted>(
      context, workers, std::move(admitted),
      [work = std::move(work)](const Admitted& call, const Done& done) { done(work(call)); });
}

// One with `role` of the own region or, with `operators`, an operator of it.
absl::StatusOr<Caller> Identify(const grpc::CallbackServerContext& context, const std::string& own_region,
                                rpc::CallerRole role, bool operators) {
  CHUANYU_ASSIGN_OR_RETURN(const rpc::CallerIdentity caller, rpc::IdentifyCaller(context));
  if (caller.region != own_region) return MakeError(Reason::CALLER_WRONG_REGION);
  const bool is_operator = operators && caller.role == rpc::CallerRole::kOperator;
  if (!is_operator) CHUANYU_RETURN_IF_ERROR(rpc::RequireRole(caller, role));
  return Caller{.org = caller.org, .name = caller.org + "/" + caller.system, .is_operator = is_operator};
}

absl::StatusOr<Caller> CheckCaller(const grpc::CallbackServerContext& context,
                                   const google::protobuf::Message& request, const std::string& own_region,
                                   rpc::CallerRole role, bool operators = false) {
  CHUANYU_ASSIGN_OR_RETURN(Caller caller, Identify(context, own_region, role, operators));
  CHUANYU_RETURN_IF_ERROR(rpc::RejectOversized(request));
  CHUANYU_RETURN_IF_ERROR(rpc::RejectUnknownFields(request));
  return caller;
}

ProviderCall StatedBy(const grpc::CallbackServerContext& context) {
  const StreamedQuestion* const streamed = StreamedQuestion::Of(context);
  if (streamed != nullptr) {
    const exchange::v1::Question& question = streamed->question();
    return {.request_id = question.request_id(),
            .purpose = question.purpose(),
            .from_region = question.from_region(),
            .authorization_no = question.authorization_no()};
  }
  return {.request_id = MetadataOf(context, "chuanyu-request-id"),
          .purpose = MetadataOf(context, "chuanyu-purpose"),
          .from_region = MetadataOf(context, "chuanyu-from-region"),
          .authorization_no = MetadataOf(context, "chuanyu-authorization-no")};
}

absl::StatusOr<rpc::CallerIdentity> CheckOwnNode(const grpc::CallbackServerContext& context,
                                                 const std::string& own_region) {
  CHUANYU_ASSIGN_OR_RETURN(rpc::CallerIdentity caller, CallerOf(context));
  CHUANYU_RETURN_IF_ERROR(rpc::RequireRole(caller, rpc::CallerRole::kNode));
  // The other region's node has the same role; what it wants comes through the own node and its journal.
  if (caller.region != own_region) return MakeError(Reason::CALLER_WRONG_REGION);
  return caller;
}

absl::StatusOr<ProviderCall> CheckNode(const grpc::CallbackServerContext& context,
                                       const google::protobuf::Message& question,
                                       const std::string& own_region) {
  CHUANYU_RETURN_IF_ERROR(CheckOwnNode(context, own_region).status());
  CHUANYU_RETURN_IF_ERROR(rpc::RejectUnknownFields(question));
  ProviderCall call = StatedBy(context);
  if (!IsUuidV7(call.request_id)) return MakeError(Reason::BAD_REQUEST, {.field = "chuanyu-request-id"});
  return call;
}

}  // namespace

absl::StatusOr<Caller> AdmitSystem(const grpc::CallbackServerContext& context,
                                   const std::string& own_region) {
  return Identify(context, own_region, rpc::CallerRole::kSystem, false);
}

absl::StatusOr<Caller> AdmitSystem(const grpc::CallbackServerContext& context,
                                   const google::protobuf::Message& request, const std::string& own_region) {
  absl::StatusOr<Caller> caller = CheckCaller(context, request, own_region, rpc::CallerRole::kSystem);
  if (!caller.ok()) return Refused(context, request, caller.status());
  return caller;
}

absl::StatusOr<rpc::CallerIdentity> AdmitOwnNode(const grpc::CallbackServerContext& context,
                                                 const google::protobuf::Message& request,
                                                 const std::string& own_region) {
  absl::StatusOr<rpc::CallerIdentity> node = CheckOwnNode(context, own_region);
  if (!node.ok()) return Refused(context, request, node.status());
  return node;
}

absl::StatusOr<ProviderCall> AdmitNode(const grpc::CallbackServerContext& context,
                                       const google::protobuf::Message& question,
                                       const std::string& own_region) {
  absl::StatusOr<ProviderCall> call = CheckNode(context, question, own_region);
  if (!call.ok()) return Refused(context, question, call.status());
  return call;
}

grpc::ServerUnaryReactor* RunForSystem(grpc::CallbackServerContext* context,
                                       const google::protobuf::Message& request,
                                       const std::string& own_region, WorkerPool& workers,
                                       std::function<absl::Status(const Caller& caller)> work) {
  return RunOnWorker(context, workers, AdmitSystem(*context, request, own_region), std::move(work));
}

grpc::ServerUnaryReactor* RunForOperators(grpc::CallbackServerContext* context,
                                          const google::protobuf::Message& request,
                                          const std::string& own_region, WorkerPool& workers,
                                          std::function<absl::Status(const Caller& caller)> work) {
  absl::StatusOr<Caller> caller = CheckCaller(*context, request, own_region, rpc::CallerRole::kSystem, true);
  if (!caller.ok()) caller = Refused(*context, request, caller.status());
  return RunOnWorker(context, workers, std::move(caller), std::move(work));
}

grpc::ServerUnaryReactor* RunForAuditors(grpc::CallbackServerContext* context,
                                         const google::protobuf::Message& request,
                                         const std::string& own_region, WorkerPool& workers,
                                         std::function<absl::Status(const Caller& caller)> work) {
  absl::StatusOr<Caller> caller = CheckCaller(*context, request, own_region, rpc::CallerRole::kAuditor);
  if (!caller.ok()) caller = Refused(*context, request, caller.status());
  return RunOnWorker(context, workers, std::move(caller), std::move(work));
}

grpc::ServerUnaryReactor* BeginForSystem(grpc::CallbackServerContext* context,
                                         const google::protobuf::Message& request,
                                         const std::string& own_region, WorkerPool& workers,
                                         std::function<void(const Caller& caller, Done done)> begin) {
  return BeginOnWorker(context, workers, AdmitSystem(*context, request, own_region), std::move(begin));
}

grpc::ServerUnaryReactor* BeginForNode(grpc::CallbackServerContext* context,
                                       const google::protobuf::Message& question,
                                       const std::string& own_region, WorkerPool& workers,
                                       std::function<void(const ProviderCall& call, Done done)> begin) {
  return BeginOnWorker(context, workers, AdmitNode(*context, question, own_region), std::move(begin));
}

grpc::ServerUnaryReactor* RunForNode(grpc::CallbackServerContext* context,
                                     const google::protobuf::Message& question, const std::string& own_region,
                                     WorkerPool& workers,
                                     std::function<absl::Status(const ProviderCall& call)> work) {
  return RunOnWorker(context, workers, AdmitNode(*context, question, own_region), std::move(work));
}

void NameFields(grpc::CallbackServerContext* context, const std::string& fields) {
  StreamedQuestion* const streamed = StreamedQuestion::Of(context);
  if (streamed != nullptr) return streamed->result().set_fields(fields);
  context->AddTrailingMetadata("chuanyu-fields", fields);
}

void AnswerLater(grpc::CallbackServerContext* context) {
  StreamedQuestion* const streamed = StreamedQuestion::Of(context);
  if (streamed != nullptr) return streamed->result().set_deferred(true);
  context->AddTrailingMetadata("chuanyu-deferred", "1");
}

}  // namespace chuanyu
