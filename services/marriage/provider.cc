#include "services/marriage/provider.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu::marriage {

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
               CHUANYU_ASSIGN_OR_RETURN(*response, peers_.claims().Claim(call.from_region, *request));
               return "granted,holder";
             });
}

grpc::ServerUnaryReactor* Provider::ReleaseSubject(grpc::CallbackServerContext* context,
                                                   const cases::v1::ReleaseSubjectRequest* request,
                                                   cases::v1::ReleaseSubjectResponse*) {
  return Run(context, *request, [this, request](const ProviderCall& call) -> absl::StatusOr<std::string> {
    CHUANYU_RETURN_IF_ERROR(peers_.claims().Release(call.from_region, *request));
    return "";
  });
}

grpc::ServerUnaryReactor* Provider::CheckMaritalStatus(grpc::CallbackServerContext* context,
                                                       const v1::CheckMaritalStatusRequest* request,
                                                       v1::CheckMaritalStatusResponse* response) {
  return Run(context, *request,
             [this, request, response](const ProviderCall& call) -> absl::StatusOr<std::string> {
               CHUANYU_ASSIGN_OR_RETURN(*response,
                                        peers_.CheckMaritalStatus(call.from_region, call.purpose, *request));
               return "code,as_of,open_divorce,same_couple";
             });
}

grpc::ServerUnaryReactor* Provider::RecordEvent(grpc::CallbackServerContext* context,
                                                const v1::RecordEventRequest* request,
                                                v1::RecordEventResponse*) {
  return Run(context, *request, [this, request](const ProviderCall& call) -> absl::StatusOr<std::string> {
    CHUANYU_RETURN_IF_ERROR(peers_.RecordEvent(call.from_region, *request));
    return "";
  });
}

grpc::ServerUnaryReactor* Provider::Book(grpc::CallbackServerContext* context, const v1::BookRequest* request,
                                         v1::BookResponse* response) {
  return Run(context, *request,
             [this, request, response](const ProviderCall& call) -> absl::StatusOr<std::string> {
               CHUANYU_ASSIGN_OR_RETURN(*response, peers_.Book(call.from_region, *request));
               return "slots,appointment";
             });
}

}  // namespace chuanyu::marriage
