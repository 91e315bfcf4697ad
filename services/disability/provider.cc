#include "services/disability/provider.h"

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::disability {

void Provider::AddTo(QuestionServer& questions) {
  questions.Add<v1::DisabilityProvider>("ClaimSubject", *this, &Provider::ClaimSubject);
  questions.Add<v1::DisabilityProvider>("ReleaseSubject", *this, &Provider::ReleaseSubject);
  questions.Add<v1::DisabilityProvider>("PushApplication", *this, &Provider::PushApplication);
  questions.Add<v1::DisabilityProvider>("ReturnResult", *this, &Provider::ReturnResult);
  questions.Add<v1::DisabilityProvider>("QueryStatus", *this, &Provider::QueryStatus);
  questions.Add<v1::DisabilityProvider>("CompareLedger", *this, &Provider::CompareLedger);
}

grpc::ServerUnaryReactor* Provider::PushApplication(grpc::CallbackServerContext* context,
                                                    const v1::PushApplicationRequest* request,
                                                    v1::PushApplicationResponse* response) {
  return calls_.Run(context, *request, "refused_reason",
                    [this, request, response](const ProviderCall& call) -> absl::Status {
                      CHUANYU_ASSIGN_OR_RETURN(*response, applications_.Push(call.from_region, *request));
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* Provider::ReturnResult(grpc::CallbackServerContext* context,
                                                 const v1::ReturnResultRequest* request,
                                                 v1::ReturnResultResponse*) {
  return calls_.Run(context, *request, "", [this, request](const ProviderCall& call) {
    return applications_.TakeResult(call.from_region, *request);
  });
}

grpc::ServerUnaryReactor* Provider::QueryStatus(grpc::CallbackServerContext* context,
                                                const v1::QueryStatusRequest* request,
                                                v1::QueryStatusResponse* response) {
  return calls_.Run(context, *request, "benefit,active,from_month,region",
                    [this, request, response](const ProviderCall& call) -> absl::Status {
                      CHUANYU_ASSIGN_OR_RETURN(*response, query_.Answer(call.purpose, *request));
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* Provider::CompareLedger(grpc::CallbackServerContext* context,
                                                  const v1::CompareLedgerRequest* request,
                                                  v1::CompareLedgerResponse* response) {
  return calls_.Run(context, *request, "matches,from_month",
                    [this, request, response](const ProviderCall& call) -> absl::Status {
                      if (call.purpose != kComparePurpose) {
                        return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
                      }
                      CHUANYU_ASSIGN_OR_RETURN(*response, comparisons_.Compare(*request));
                      return absl::OkStatus();
                    });
}

}  // namespace chuanyu::disability
