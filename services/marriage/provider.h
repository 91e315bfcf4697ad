// MarriageProvider: what this region answers to others, to its own exchange node only.
#pragma once

#include <string>

#include "chuanyu/marriage/v1/provider.grpc.pb.h"
#include "common/base/worker_pool.h"
#include "common/service/calls.h"
#include "services/marriage/peers.h"

namespace chuanyu::marriage {

class Provider final : public v1::MarriageProvider::CallbackService {
 public:
  // What is referred to outlives the provider.
  Provider(std::string region, const Peers& peers) : region_(std::move(region)), peers_(peers) {}

  grpc::ServerUnaryReactor* ClaimSubject(grpc::CallbackServerContext* context,
                                         const cases::v1::ClaimSubjectRequest* request,
                                         cases::v1::ClaimSubjectResponse* response) override;
  grpc::ServerUnaryReactor* ReleaseSubject(grpc::CallbackServerContext* context,
                                           const cases::v1::ReleaseSubjectRequest* request,
                                           cases::v1::ReleaseSubjectResponse* response) override;
  grpc::ServerUnaryReactor* CheckMaritalStatus(grpc::CallbackServerContext* context,
                                               const v1::CheckMaritalStatusRequest* request,
                                               v1::CheckMaritalStatusResponse* response) override;
  grpc::ServerUnaryReactor* RecordEvent(grpc::CallbackServerContext* context,
                                        const v1::RecordEventRequest* request,
                                        v1::RecordEventResponse* response) override;
  grpc::ServerUnaryReactor* Book(grpc::CallbackServerContext* context, const v1::BookRequest* request,
                                 v1::BookResponse* response) override;

 private:
  // Admits the call, then runs `work` with it on a worker. `work` says which fields the answer carries, for
  // the journal.
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request,
                                std::function<absl::StatusOr<std::string>(const ProviderCall& call)> work);

  const std::string region_;
  const Peers& peers_;
  WorkerPool workers_{4, 1024};  // last: joined before what its work uses goes away
};

}  // namespace chuanyu::marriage
