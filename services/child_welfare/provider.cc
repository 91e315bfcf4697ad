#include "services/child_welfare/provider.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu::child_welfare {

grpc::ServerUnaryReactor* Provider::Run(grpc::CallbackServerContext* context,
                                        const google::protobuf::Message& request, const char* fields,
                                        std::function<absl::Status(const ProviderCall& call)> work) {
  absl::StatusOr<ProviderCall> call = AdmitNode(*context, request, region_);
  const absl::Status admitted = call.status();
  return RunOnWorker(context, workers_, admitted,
                     [context, fields, call = std::move(call), work = std::move(work)]() -> absl::Status {
                       CHUANYU_RETURN_IF_ERROR(work(*call));
                       context->AddTrailingMetadata("chuanyu-fields", fields);
                       return absl::OkStatus();
                     });
}

grpc::ServerUnaryReactor* Provider::ClaimSubject(grpc::CallbackServerContext* context,
                                                 const cases::v1::ClaimSubjectRequest* request,
                                                 cases::v1::ClaimSubjectResponse* response) {
  return Run(context, *request, "granted,holder",
             [this, request, response](const ProviderCall& call) -> absl::Status {
               CHUANYU_ASSIGN_OR_RETURN(*response, peers_.Claim(call.from_region, *request));
               return absl::OkStatus();
             });
}

grpc::ServerUnaryReactor* Provider::ReleaseSubject(grpc::CallbackServerContext* context,
                                                   const cases::v1::ReleaseSubjectRequest* request,
                                                   cases::v1::ReleaseSubjectResponse*) {
  return Run(context, *request, "", [this, request](const ProviderCall& call) {
    return peers_.Release(call.from_region, *request);
  });
}

grpc::ServerUnaryReactor* Provider::PushApplication(grpc::CallbackServerContext* context,
                                                    const v1::PushApplicationRequest* request,
                                                    v1::PushApplicationResponse* response) {
  return Run(context, *request, "refused_reason",
             [this, request, response](const ProviderCall& call) -> absl::Status {
               CHUANYU_ASSIGN_OR_RETURN(*response, peers_.Push(call.from_region, *request));
               return absl::OkStatus();
             });
}

grpc::ServerUnaryReactor* Provider::ReturnResult(grpc::CallbackServerContext* context,
                                                 const v1::ReturnResultRequest* request,
                                                 v1::ReturnResultResponse*) {
  return Run(context, *request, "", [this, request](const ProviderCall& call) {
    return peers_.TakeResult(call.from_region, *request);
  });
}

grpc::ServerUnaryReactor* Provider::CheckStatus(grpc::CallbackServerContext* context,
                                                const v1::CheckStatusRequest* request,
                                                v1::CheckStatusResponse* response) {
  // The journal names what the answer carries, also for an auditor who never sees it.
  const absl::StatusOr<ProviderCall> call = AdmitNode(*context, *request, region_);
  const bool service_only = call.ok() && call->purpose == kServicePurpose;
  return Run(context, *request, service_only ? "valid,category" : "valid,category,from_month,org,next_review",
             [this, request, response](const ProviderCall& asked) -> absl::Status {
               CHUANYU_ASSIGN_OR_RETURN(*response->mutable_signed_recognition(),
                                        peers_.CheckStatus(asked.from_region, asked.purpose, *request));
               return absl::OkStatus();
             });
}

grpc::ServerUnaryReactor* Provider::StatusChanged(grpc::CallbackServerContext* context,
                                                  const v1::StatusChangedRequest* request,
                                                  v1::StatusChangedResponse*) {
  return Run(context, *request, "",
             [this, request](const ProviderCall&) { return peers_.TakeChange(*request); });
}

}  // namespace chuanyu::child_welfare
