#include "common/case_service/provider_calls.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu {

grpc::ServerUnaryReactor* ProviderCalls::Begin(
    grpc::CallbackServerContext* context, const google::protobuf::Message& request,
    std::function<void(const ProviderCall& call, Done done)> begin) {
  return BeginForNode(context, request, region_, workers_,
                      [context, begin = std::move(begin)](const ProviderCall& call,
                                                          std::function<void(const absl::Status& end)> end) {
                        begin(call,
                              [context, end = std::move(end)](const absl::StatusOr<std::string>& fields) {
                                if (fields.ok()) NameFields(context, *fields);
                                end(fields.status());
                              });
                      });
}

grpc::ServerUnaryReactor* ProviderCalls::Run(
    grpc::CallbackServerContext* context, const google::protobuf::Message& request,
    std::function<absl::StatusOr<std::string>(const ProviderCall& call)> work) {
  return Begin(context, request,
               [work = std::move(work)](const ProviderCall& call, const Done& done) { done(work(call)); });
}

grpc::ServerUnaryReactor* ProviderCalls::Run(grpc::CallbackServerContext* context,
                                             const google::protobuf::Message& request, const char* fields,
                                             std::function<absl::Status(const ProviderCall& call)> work) {
  return Run(context, request,
             [fields, work = std::move(work)](const ProviderCall& call) -> absl::StatusOr<std::string> {
               CHUANYU_RETURN_IF_ERROR(work(call));
               return fields;
             });
}

grpc::ServerUnaryReactor* ProviderCalls::Claim(grpc::CallbackServerContext* context,
                                               const cases::v1::ClaimSubjectRequest* request,
                                               cases::v1::ClaimSubjectResponse* response) {
  return Run(context, *request, "granted,holder",
             [this, request, response](const ProviderCall& call) -> absl::Status {
               CHUANYU_ASSIGN_OR_RETURN(*response, claims_.Claim(call.from_region, *request));
               return absl::OkStatus();
             });
}

grpc::ServerUnaryReactor* ProviderCalls::Release(grpc::CallbackServerContext* context,
                                                 const cases::v1::ReleaseSubjectRequest* request) {
  return Run(context, *request, "", [this, request](const ProviderCall& call) {
    return claims_.Release(call.from_region, *request);
  });
}

}  // namespace chuanyu
