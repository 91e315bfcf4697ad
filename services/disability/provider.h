// DisabilityProvider: what this region answers to others, to its own exchange node only.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "chuanyu/disability/v1/provider.grpc.pb.h"
#include "common/case_service/provider_calls.h"
#include "common/service/question_server.h"
#include "services/disability/applications.h"
#include "services/disability/status_query.h"

namespace chuanyu::disability {

class Provider final : public v1::DisabilityProvider::CallbackService {
 public:
  // What is referred to outlives the provider.
  Provider(std::string region, const ClaimCalls& claims, Applications& applications, const StatusQuery& query,
           const Comparisons& comparisons)
      : applications_(applications),
        query_(query),
        comparisons_(comparisons),
        calls_(std::move(region), claims) {}

  // Every method also over the node's stream.
  void AddTo(QuestionServer& questions);

  grpc::ServerUnaryReactor* ClaimSubject(grpc::CallbackServerContext* context,
                                         const cases::v1::ClaimSubjectRequest* request,
                                         cases::v1::ClaimSubjectResponse* response) override {
    return calls_.Claim(context, request, response);
  }
  grpc::ServerUnaryReactor* ReleaseSubject(grpc::CallbackServerContext* context,
                                           const cases::v1::ReleaseSubjectRequest* request,
                                           cases::v1::ReleaseSubjectResponse*) override {
    return calls_.Release(context, request);
  }
  grpc::ServerUnaryReactor* PushApplication(grpc::CallbackServerContext* context,
                                            const v1::PushApplicationRequest* request,
                                            v1::PushApplicationResponse* response) override;
  grpc::ServerUnaryReactor* ReturnResult(grpc::CallbackServerContext* context,
                                         const v1::ReturnResultRequest* request,
                                         v1::ReturnResultResponse* response) override;
  grpc::ServerUnaryReactor* QueryStatus(grpc::CallbackServerContext* context,
                                        const v1::QueryStatusRequest* request,
                                        v1::QueryStatusResponse* response) override;
  grpc::ServerUnaryReactor* CompareLedger(grpc::CallbackServerContext* context,
                                          const v1::CompareLedgerRequest* request,
                                          v1::CompareLedgerResponse* response) override;

 private:
  Applications& applications_;
  const StatusQuery& query_;
  const Comparisons& comparisons_;
  ProviderCalls calls_;  // last: joined before what its work uses goes away
};

}  // namespace chuanyu::disability
