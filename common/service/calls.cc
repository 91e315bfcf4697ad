#include "common/service/calls.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/rpc/identity.h"
#include "common/rpc/unknown_fields.h"
#include "common/telemetry/log.h"

namespace chuanyu {
namespace {

std::string MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  return std::string(found->second.data(), found->second.size());
}

// Who was turned away and why is what an operator looks for first; systems have names, persons do not appear.
absl::Status Refused(const grpc::CallbackServerContext& context, const google::protobuf::Message& request,
                     const absl::Status& why) {
  const absl::StatusOr<rpc::CallerIdentity> caller = rpc::IdentifyCaller(context);
  LogEvent(Severity::kWarning, "call_refused",
           {{"reason", std::string(ReasonName(ReasonOf(why).value_or(Reason::INTERNAL)))},
            {"request", request.GetTypeName()},
            {"caller", caller.ok() ? caller->region + "/" + caller->org + "/" + caller->system : "unknown"}});
  return why;
}

using Done = std::function<void(const absl::Status& end)>;

template <typename Admitted>
grpc::ServerUnaryReactor* BeginOnWorker(grpc::CallbackServerContext* context, WorkerPool& workers,
                                        absl::StatusOr<Admitted> admitted,
                                        std::function<void(const Admitted&, Done)> begin) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  if (!admitted.ok()) {
    reactor->Finish(rpc::ToGrpc(admitted.status()));
    return reactor;
  }
  const bool posted = workers.Post([reactor, admitted = *std::move(admitted), begin = std::move(begin)] {
    begin(admitted, [reactor](const absl::Status& end) { reactor->Finish(rpc::ToGrpc(end)); });
  });
  if (!posted) {
    // RESOURCE_EXHAUSTED: an exchange node tries again later.
    reactor->Finish(rpc::ToGrpc(MakeError(Reason::QUOTA, {.detail = "the service is overloaded"})));
  }
  return reactor;
}

template <typename Admitted>
grpc::ServerUnaryReactor* RunOnWorker(grpc::CallbackServerContext* context, WorkerPool& workers,
                                      absl::StatusOr<Admitted> admitted,
                                      std::function<absl::Status(const Admitted&)> work) {
  return BeginOnWorker<Admitted>(
      context, workers, std::move(admitted),
      [work = std::move(work)](const Admitted& call, const Done& done) { done(work(call)); });
}

// A system of the own region or, with `operators`, an operator of it.
absl::StatusOr<Caller> Identify(const grpc::CallbackServerContext& context, const std::string& own_region,
                                bool operators) {
  CHUANYU_ASSIGN_OR_RETURN(const rpc::CallerIdentity caller, rpc::IdentifyCaller(context));
  if (caller.region != own_region) return MakeError(Reason::CALLER_WRONG_REGION);
  const bool is_operator = operators && caller.role == rpc::CallerRole::kOperator;
  if (!is_operator) CHUANYU_RETURN_IF_ERROR(rpc::RequireRole(caller, rpc::CallerRole::kSystem));
  return Caller{.org = caller.org, .name = caller.org + "/" + caller.system, .is_operator = is_operator};
}

absl::StatusOr<Caller> CheckSystem(const grpc::CallbackServerContext& context,
                                   const google::protobuf::Message& request, const std::string& own_region,
                                   bool operators) {
  CHUANYU_ASSIGN_OR_RETURN(Caller caller, Identify(context, own_region, operators));
  CHUANYU_RETURN_IF_ERROR(rpc::RejectOversized(request));
  CHUANYU_RETURN_IF_ERROR(rpc::RejectUnknownFields(request));
  return caller;
}

absl::StatusOr<ProviderCall> CheckNode(const grpc::CallbackServerContext& context,
                                       const google::protobuf::Message& question,
                                       const std::string& own_region) {
  CHUANYU_ASSIGN_OR_RETURN(const rpc::CallerIdentity caller, rpc::IdentifyCaller(context));
  CHUANYU_RETURN_IF_ERROR(rpc::RequireRole(caller, rpc::CallerRole::kNode));
  // The other region's node has the same role; what it wants comes through the own node and its journal.
  if (caller.region != own_region) return MakeError(Reason::CALLER_WRONG_REGION);
  CHUANYU_RETURN_IF_ERROR(rpc::RejectUnknownFields(question));
  ProviderCall call{.request_id = MetadataOf(context, "chuanyu-request-id"),
                    .purpose = MetadataOf(context, "chuanyu-purpose"),
                    .from_region = MetadataOf(context, "chuanyu-from-region"),
                    .authorization_no = MetadataOf(context, "chuanyu-authorization-no")};
  if (!IsUuidV7(call.request_id)) return MakeError(Reason::BAD_REQUEST, {.field = "chuanyu-request-id"});
  return call;
}

}  // namespace

absl::StatusOr<Caller> AdmitSystem(const grpc::CallbackServerContext& context,
                                   const std::string& own_region) {
  return Identify(context, own_region, false);
}

absl::StatusOr<Caller> AdmitSystem(const grpc::CallbackServerContext& context,
                                   const google::protobuf::Message& request, const std::string& own_region) {
  absl::StatusOr<Caller> caller = CheckSystem(context, request, own_region, false);
  if (!caller.ok()) return Refused(context, request, caller.status());
  return caller;
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
  absl::StatusOr<Caller> caller = CheckSystem(*context, request, own_region, true);
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

}  // namespace chuanyu
