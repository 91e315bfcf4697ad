#include "services/child_welfare/provider.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu::child_welfare {

grpc::ServerUnaryReactor* Provider::Run(
    grpc::CallbackServerContext* context, const google::protobuf::Message& request,
    std::function<absl::StatusOr<std::string>(const ProviderCall& call)> work) {
  return RunForNode(context, request, region_, workers_,
                    [context, work = std::move(work)](const ProviderCall& call) -> absl::Status {
                      CHUANYU_ASSIGN_OR_RETURN(const std::string fields, work(call));
                      context->AddTrailingMetadata("chuanyu-fields", fields);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* Provider::ClaimSubject(grpc::CallbackServerContext* context,
                                                 const cases::v1::ClaimSubjectRequest* request,
                                                 cases::v1::ClaimSubjectResponse* response) {
  return Run(context, *request,
             [this, request, response](const ProviderCall& call) -> absl::StatusOr<std::string> {
               CHUANYU_ASSIGN_OR_RETURN(*response, claims_.Claim(call.from_region, *request));
               return "granted,holder";
             });
}

grpc::ServerUnaryReactor* Provider::ReleaseSubject(grpc::CallbackServerContext* context,
                                                   const cases::v1::ReleaseSubjectRequest* request,
                                                   cases::v1::ReleaseSubjectResponse*) {
  return Run(context, *request, [this, request](const ProviderCall& call) -> absl::StatusOr<std::string> {
    CHUANYU_RETURN_IF_ERROR(claims_.Release(call.from_region, *request));
    return "";
  });
}

grpc::ServerUnaryReactor* Provider::PushApplication(grpc::CallbackServerContext* context,
                                                    const v1::PushApplicationRequest* request,
                                                    v1::PushApplicationResponse* response) {
  return Run(context, *request,
             [this, request, response](const ProviderCall& call) -> absl::StatusOr<std::string> {
               CHUANYU_ASSIGN_OR_RETURN(*response, applications_.Push(call.from_region, *request));
               return "refused_reason";
             });
}

grpc::ServerUnaryReactor* Provider::ReturnResult(grpc::CallbackServerContext* context,
                                                 const v1::ReturnResultRequest* request,
                                                 v1::ReturnResultResponse*) {
  return Run(context, *request, [this, request](const ProviderCall& call) -> absl::StatusOr<std::string> {
    CHUANYU_RETURN_IF_ERROR(applications_.TakeResult(call.from_region, *request));
    return "";
  });
}

grpc::ServerUnaryReactor* Provider::CheckStatus(grpc::CallbackServerContext* context,
                                                const v1::CheckStatusRequest* request,
                                                v1::CheckStatusResponse* response) {
  return Run(context, *request,
             [this, request, response](const ProviderCall& call) -> absl::StatusOr<std::string> {
               CHUANYU_ASSIGN_OR_RETURN(*response->mutable_signed_recognition(),
                                        peers_.CheckStatus(call.from_region, call.purpose, *request));
               // The journal names what the answer carries, also for an auditor who never sees it.
               return call.purpose == kServicePurpose ? "valid,category"
                                                      : "valid,category,from_month,org,next_review";
             });
}

grpc::ServerUnaryReactor* Provider::StatusChanged(grpc::CallbackServerContext* context,
                                                  const v1::StatusChangedRequest* request,
                                                  v1::StatusChangedResponse*) {
  return Run(context, *request, [this, request](const ProviderCall&) -> absl::StatusOr<std::string> {
    CHUANYU_RETURN_IF_ERROR(peers_.TakeChange(*request));
    return "";
  });
}

}  // namespace chuanyu::child_welfare
