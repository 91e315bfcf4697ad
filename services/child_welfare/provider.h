// ChildWelfareProvider: what this region answers to others, to its own exchange node only.
#pragma once

#include <string>

#include "chuanyu/child_welfare/v1/provider.grpc.pb.h"
#include "common/base/worker_pool.h"
#include "common/service/calls.h"
#include "services/child_welfare/applications.h"
#include "services/child_welfare/peers.h"

namespace chuanyu::child_welfare {

class Provider final : public v1::ChildWelfareProvider::CallbackService {
 public:
  // What is referred to outlives the provider.
  Provider(std::string region, const ClaimCalls& claims, Applications& applications, const Peers& peers)
      : region_(std::move(region)), claims_(claims), applications_(applications), peers_(peers) {}

  grpc::ServerUnaryReactor* ClaimSubject(grpc::CallbackServerContext* context,
                                         const cases::v1::ClaimSubjectRequest* request,
                                         cases::v1::ClaimSubjectResponse* response) override;
  grpc::ServerUnaryReactor* ReleaseSubject(grpc::CallbackServerContext* context,
                                           const cases::v1::ReleaseSubjectRequest* request,
                                           cases::v1::ReleaseSubjectResponse* response) override;
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
  // Admits the call, then runs `work` with it on a worker. `work` says which fields the answer carries, for
  // the journal.
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request,
                                std::function<absl::StatusOr<std::string>(const ProviderCall& call)> work);

  const std::string region_;
  const ClaimCalls& claims_;
  Applications& applications_;
  const Peers& peers_;
  WorkerPool workers_{4, 1024};  // last: joined before what its work uses goes away
};

}  // namespace chuanyu::child_welfare
