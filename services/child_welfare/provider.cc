#include "services/child_welfare/provider.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu::child_welfare {

void Provider::AddTo(QuestionServer& questions) {
  questions.Add<v1::ChildWelfareProvider>("ClaimSubject", *this, &Provider::ClaimSubject);
  questions.Add<v1::ChildWelfareProvider>("ReleaseSubject", *this, &Provider::ReleaseSubject);
  questions.Add<v1::ChildWelfareProvider>("PushApplication", *this, &Provider::PushApplication);
  questions.Add<v1::ChildWelfareProvider>("ReturnResult", *this, &Provider::ReturnResult);
  questions.Add<v1::ChildWelfareProvider>("CheckStatus", *this, &Provider::CheckStatus);
  questions.Add<v1::ChildWelfareProvider>("StatusChanged", *this, &Provider::StatusChanged);
}

grpc::ServerUnaryReactor* Provider::PushApplication(grpc::CallbackServerContext* context,
                                                    const v1::PushApplicationRequest* request,
                                                    v1::PushApplicationResponse* response) {
  return calls_.Run(context, *request,
                    [this, request, response](const ProviderCall& call) -> absl::StatusOr<std::string> {
                      CHUANYU_ASSIGN_OR_RETURN(*response, applications_.Push(call.from_region, *request));
                      return "refused_reason";
                    });
}

grpc::ServerUnaryReactor* Provider::ReturnResult(grpc::CallbackServerContext* context,
                                                 const v1::ReturnResultRequest* request,
                                                 v1::ReturnResultResponse*) {
  return calls_.Run(context, *request,
                    [this, request](const ProviderCall& call) -> absl::StatusOr<std::string> {
                      CHUANYU_RETURN_IF_ERROR(applications_.TakeResult(call.from_region, *request));
                      return "";
                    });
}

grpc::ServerUnaryReactor* Provider::CheckStatus(grpc::CallbackServerContext* context,
                                                const v1::CheckStatusRequest* request,
                                                v1::CheckStatusResponse* response) {
  return calls_.Begin(
      context, *request,
      [this, request, response](const ProviderCall& call, const ProviderCalls::Done& done) {
        // The journal names what the answer carries, also for an auditor who never sees it.
        const char* const fields = call.purpose == kServicePurpose
                                       ? "valid,category"
                                       : "valid,category,from_month,org,next_review,suspended";
        peers_.CheckStatus(call.from_region, call.purpose, *request,
                           [response, fields, done](absl::StatusOr<v1::SignedRecognition> answer) {
                             if (!answer.ok()) return done(answer.status());
                             *response->mutable_signed_recognition() = *std::move(answer);
                             done(std::string(fields));
                           });
      });
}

grpc::ServerUnaryReactor* Provider::StatusChanged(grpc::CallbackServerContext* context,
                                                  const v1::StatusChangedRequest* request,
                                                  v1::StatusChangedResponse*) {
  return calls_.Run(context, *request,
                    [this, request](const ProviderCall& call) -> absl::StatusOr<std::string> {
                      CHUANYU_RETURN_IF_ERROR(peers_.TakeChange(call.from_region, *request));
                      return "";
                    });
}

}  // namespace chuanyu::child_welfare
