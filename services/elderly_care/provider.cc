#include "services/elderly_care/provider.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu::elderly_care {

void Provider::AddTo(QuestionServer& questions) {
  questions.Add<v1::ElderlyCareProvider>("ClaimSubject", *this, &Provider::ClaimSubject);
  questions.Add<v1::ElderlyCareProvider>("ReleaseSubject", *this, &Provider::ReleaseSubject);
  questions.Add<v1::ElderlyCareProvider>("PushFiling", *this, &Provider::PushFiling);
  questions.Add<v1::ElderlyCareProvider>("ReturnProgress", *this, &Provider::ReturnProgress);
  questions.Add<v1::ElderlyCareProvider>("SendMap", *this, &Provider::SendMap);
  questions.Add<v1::ElderlyCareProvider>("MapChanged", *this, &Provider::MapChanged);
  questions.Add<v1::ElderlyCareProvider>("QueryStatus", *this, &Provider::QueryStatus);
}

grpc::ServerUnaryReactor* Provider::PushFiling(grpc::CallbackServerContext* context,
                                               const v1::PushFilingRequest* request,
                                               v1::PushFilingResponse* response) {
  return calls_.Run(context, *request, "refused_reason",
                    [this, request, response](const ProviderCall& call) -> absl::Status {
                      CHUANYU_ASSIGN_OR_RETURN(*response, peers_.Push(call.from_region, *request));
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* Provider::ReturnProgress(grpc::CallbackServerContext* context,
                                                   const v1::ReturnProgressRequest* request,
                                                   v1::ReturnProgressResponse*) {
  return calls_.Run(context, *request, "", [this, request](const ProviderCall& call) {
    return peers_.TakeProgress(call.from_region, *request);
  });
}

grpc::ServerUnaryReactor* Provider::SendMap(grpc::CallbackServerContext* context,
                                            const v1::SendMapRequest* request, v1::SendMapResponse*) {
  return calls_.Run(context, *request, "", [this](const ProviderCall& call) {
    return map_.SendAll(call.from_region, call.purpose);
  });
}

grpc::ServerUnaryReactor* Provider::MapChanged(grpc::CallbackServerContext* context,
                                               const v1::MapChangedRequest* request,
                                               v1::MapChangedResponse*) {
  return calls_.Run(context, *request, "", [this, request](const ProviderCall& call) {
    return map_.Take(call.from_region, call.purpose, *request);
  });
}

grpc::ServerUnaryReactor* Provider::QueryStatus(grpc::CallbackServerContext* context,
                                                const v1::QueryStatusRequest* request,
                                                v1::QueryStatusResponse* response) {
  return calls_.Run(context, *request, "filing_no,status",
                    [this, request, response](const ProviderCall& call) -> absl::Status {
                      CHUANYU_ASSIGN_OR_RETURN(*response, map_.Status(call.purpose, request->filing_no()));
                      return absl::OkStatus();
                    });
}

}  // namespace chuanyu::elderly_care
