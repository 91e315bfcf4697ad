// ChildWelfareProvider: what this region answers to others, to its own exchange node only.
#pragma once

#include <string>

#include "chuanyu/child_welfare/v1/provider.grpc.pb.h"
#include "common/case_service/provider_calls.h"
#include "common/service/question_server.h"
#include "services/child_welfare/applications.h"
#include "services/child_welfare/peers.h"

namespace chuanyu::child_welfare {

class Provider final : public v1::ChildWelfareProvider::CallbackService {
 public:
  // What is referred to outlives the provider.
  Provider(std::string region, const ClaimCalls& claims, Applications& applications, Peers& peers)
      : applications_(applications), peers_(peers), calls_(std::move(region), claims) {}

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
  grpc::ServerUnaryReactor* CheckStatus(grpc::CallbackServerContext* context,
                                        const v1::CheckStatusRequest* request,
                                        v1::CheckStatusResponse* response) override;
  grpc::ServerUnaryReactor* StatusChanged(grpc::CallbackServerContext* context,
                                          const v1::StatusChangedRequest* request,
                                          v1::StatusChangedResponse* response) override;

 private:
  Applications& applications_;
  Peers& peers_;
  ProviderCalls calls_;  // last: joined before what its work uses goes away
};

}  // namespace chuanyu::child_welfare
