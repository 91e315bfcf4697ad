#include "services/disability/provider.h"

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::disability {

grpc::ServerUnaryReactor* Provider::Run(grpc::CallbackServerContext* context,
                                        const google::protobuf::Message& request, const char* fields,
                                        std::function<absl::Status(const ProviderCall& call)> work) {
  return RunForNode(context, request, region_, workers_,
                    [context, fields, work = std::move(work)](const ProviderCall& call) -> absl::Status {
                      CHUANYU_RETURN_IF_ERROR(work(call));
                      context->AddTrailingMetadata("chuanyu-fields", fields);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* Provider::ClaimSubject(grpc::CallbackServerContext* context,
                                                 const cases::v1::ClaimSubjectRequest* request,
                                                 cases::v1::ClaimSubjectResponse* response) {
  return Run(context, *request, "granted,holder",
             [this, request, response](const ProviderCall& call) -> absl::Status {
               CHUANYU_ASSIGN_OR_RETURN(*response, claims_.Claim(call.from_region, *request));
               return absl::OkStatus();
             });
}

grpc::ServerUnaryReactor* Provider::ReleaseSubject(grpc::CallbackServerContext* context,
                                                   const cases::v1::ReleaseSubjectRequest* request,
                                                   cases::v1::ReleaseSubjectResponse*) {
  return Run(context, *request, "", [this, request](const ProviderCall& call) {
    return claims_.Release(call.from_region, *request);
  });
}

grpc::ServerUnaryReactor* Provider::PushApplication(grpc::CallbackServerContext* context,
                                                    const v1::PushApplicationRequest* request,
                                                    v1::PushApplicationResponse* response) {
  return Run(context, *request, "refused_reason",
             [this, request, response](const ProviderCall& call) -> absl::Status {
               CHUANYU_ASSIGN_OR_RETURN(*response, applications_.Push(call.from_region, *request));
               return absl::OkStatus();
             });
}

grpc::ServerUnaryReactor* Provider::ReturnResult(grpc::CallbackServerContext* context,
                                                 const v1::ReturnResultRequest* request,
                                                 v1::ReturnResultResponse*) {
  return Run(context, *request, "", [this, request](const ProviderCall& call) {
    return applications_.TakeResult(call.from_region, *request);
  });
}

grpc::ServerUnaryReactor* Provider::QueryStatus(grpc::CallbackServerContext* context,
                                                const v1::QueryStatusRequest* request,
                                                v1::QueryStatusResponse* response) {
  return Run(context, *request, "benefit,active,from_month,region",
             [this, request, response](const ProviderCall& call) -> absl::Status {
               CHUANYU_ASSIGN_OR_RETURN(*response, query_.Answer(call.purpose, *request));
               return absl::OkStatus();
             });
}

grpc::ServerUnaryReactor* Provider::CompareLedger(grpc::CallbackServerContext* context,
                                                  const v1::CompareLedgerRequest* request,
                                                  v1::CompareLedgerResponse* response) {
  return Run(context, *request, "matches,from_month",
             [this, request, response](const ProviderCall& call) -> absl::Status {
               if (call.purpose != kComparePurpose) {
                 return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
               }
               CHUANYU_ASSIGN_OR_RETURN(*response, comparisons_.Compare(*request));
               return absl::OkStatus();
             });
}

}  // namespace chuanyu::disability
