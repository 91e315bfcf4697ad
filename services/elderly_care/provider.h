// ElderlyCareProvider: what this region answers to others, to its own exchange node only.
#pragma once

#include <functional>
#include <string>

#include "chuanyu/elderly_care/v1/provider.grpc.pb.h"
#include "common/case_service/provider_calls.h"
#include "common/service/question_server.h"
#include "services/elderly_care/map.h"
#include "services/elderly_care/peers.h"

namespace chuanyu::elderly_care {

class Provider final : public v1::ElderlyCareProvider::CallbackService {
 public:
  // What is referred to outlives the provider.
  Provider(std::string region, const ClaimCalls& claims, const Peers& peers, const Map& map)
      : peers_(peers), map_(map), calls_(std::move(region), claims) {}

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
  grpc::ServerUnaryReactor* PushFiling(grpc::CallbackServerContext* context,
                                       const v1::PushFilingRequest* request,
                                       v1::PushFilingResponse* response) override;
  grpc::ServerUnaryReactor* ReturnProgress(grpc::CallbackServerContext* context,
                                           const v1::ReturnProgressRequest* request,
                                           v1::ReturnProgressResponse* response) override;
  grpc::ServerUnaryReactor* SendMap(grpc::CallbackServerContext* context, const v1::SendMapRequest* request,
                                    v1::SendMapResponse* response) override;
  grpc::ServerUnaryReactor* MapChanged(grpc::CallbackServerContext* context,
                                       const v1::MapChangedRequest* request,
                                       v1::MapChangedResponse* response) override;
  grpc::ServerUnaryReactor* QueryStatus(grpc::CallbackServerContext* context,
                                        const v1::QueryStatusRequest* request,
                                        v1::QueryStatusResponse* response) override;

 private:
  const Peers& peers_;
  const Map& map_;
  ProviderCalls calls_;  // last: joined before what its work uses goes away
};

}  // namespace chuanyu::elderly_care
