#include "services/marriage/provider.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu::marriage {

void Provider::AddTo(QuestionServer& questions) {
  questions.Add<v1::MarriageProvider>("ClaimSubject", *this, &Provider::ClaimSubject);
  questions.Add<v1::MarriageProvider>("ReleaseSubject", *this, &Provider::ReleaseSubject);
  questions.Add<v1::MarriageProvider>("CheckMaritalStatus", *this, &Provider::CheckMaritalStatus);
  questions.Add<v1::MarriageProvider>("RecordEvent", *this, &Provider::RecordEvent);
  questions.Add<v1::MarriageProvider>("RecordNoShow", *this, &Provider::RecordNoShow);
  questions.Add<v1::MarriageProvider>("Book", *this, &Provider::Book);
}

grpc::ServerUnaryReactor* Provider::CheckMaritalStatus(grpc::CallbackServerContext* context,
                                                       const v1::CheckMaritalStatusRequest* request,
                                                       v1::CheckMaritalStatusResponse* response) {
  return calls_.Run(context, *request,
                    [this, request, response](const ProviderCall& call) -> absl::StatusOr<std::string> {
                      CHUANYU_ASSIGN_OR_RETURN(
                          *response, peers_.CheckMaritalStatus(call.from_region, call.purpose, *request));
                      return "code,as_of,open_divorce,same_couple";
                    });
}

grpc::ServerUnaryReactor* Provider::RecordEvent(grpc::CallbackServerContext* context,
                                                const v1::RecordEventRequest* request,
                                                v1::RecordEventResponse*) {
  return calls_.Run(context, *request,
                    [this, request](const ProviderCall& call) -> absl::StatusOr<std::string> {
                      CHUANYU_RETURN_IF_ERROR(peers_.RecordEvent(call.from_region, *request));
                      return "";
                    });
}

grpc::ServerUnaryReactor* Provider::RecordNoShow(grpc::CallbackServerContext* context,
                                                 const v1::RecordNoShowRequest* request,
                                                 v1::RecordNoShowResponse*) {
  return calls_.Run(context, *request,
                    [this, request](const ProviderCall& call) -> absl::StatusOr<std::string> {
                      CHUANYU_RETURN_IF_ERROR(peers_.no_shows().Take(call.from_region, *request));
                      return "";
                    });
}

grpc::ServerUnaryReactor* Provider::Book(grpc::CallbackServerContext* context, const v1::BookRequest* request,
                                         v1::BookResponse* response) {
  return calls_.Run(context, *request,
                    [this, request, response](const ProviderCall& call) -> absl::StatusOr<std::string> {
                      CHUANYU_ASSIGN_OR_RETURN(*response, peers_.Book(call.from_region, *request));
                      return "slots,appointment";
                    });
}

}  // namespace chuanyu::marriage
