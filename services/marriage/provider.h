// MarriageProvider: what this region answers to others, to its own exchange node only.
#pragma once

#include <string>

#include "chuanyu/marriage/v1/provider.grpc.pb.h"
#include "common/case_service/provider_calls.h"
#include "common/service/question_server.h"
#include "services/marriage/peers.h"

namespace chuanyu::marriage {

class Provider final : public v1::MarriageProvider::CallbackService {
 public:
  // What is referred to outlives the provider.
  Provider(std::string region, const Peers& peers, size_t workers)
      : peers_(peers), calls_(std::move(region), peers.claims(), workers) {}

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
  grpc::ServerUnaryReactor* CheckMaritalStatus(grpc::CallbackServerContext* context,
                                               const v1::CheckMaritalStatusRequest* request,
                                               v1::CheckMaritalStatusResponse* response) override;
  grpc::ServerUnaryReactor* RecordEvent(grpc::CallbackServerContext* context,
                                        const v1::RecordEventRequest* request,
                                        v1::RecordEventResponse* response) override;
  grpc::ServerUnaryReactor* RecordNoShow(grpc::CallbackServerContext* context,
                                         const v1::RecordNoShowRequest* request,
                                         v1::RecordNoShowResponse* response) override;
  grpc::ServerUnaryReactor* Book(grpc::CallbackServerContext* context, const v1::BookRequest* request,
                                 v1::BookResponse* response) override;

 private:
  const Peers& peers_;
  ProviderCalls calls_;  // last: joined before what its work uses goes away
};

}  // namespace chuanyu::marriage
