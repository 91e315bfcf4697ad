// What the provider of every case service is made of: calls of the own exchange node on workers of their own,
// and the claims between regions. A provider has it as its last member: it is joined before what its work
// uses goes away. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "chuanyu/cases/v1/claim.pb.h"
#include "common/base/worker_pool.h"
#include "common/case_service/claim_calls.h"
#include "common/service/calls.h"

namespace chuanyu {

class ProviderCalls {
 public:
  // `claims` outlives it. `workers`: of calls that wait to write, so many are joined in one transaction.
  ProviderCalls(std::string region, const ClaimCalls& claims, size_t workers = 4)
      : region_(std::move(region)), claims_(claims), workers_(workers, 1024) {}

  // Admits the call, then runs `work` with it. The names of the fields that the answer carries go into the
  // journal: `work` returns them, or they are always the same.
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request,
                                std::function<absl::StatusOr<std::string>(const ProviderCall& call)> work);
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request, const char* fields,
                                std::function<absl::Status(const ProviderCall& call)> work);

  // For an answer that comes later: `begin` runs on a worker and hands `done` on, which ends the call, once
  // and from any thread. No call may be without its end when the object goes away.
  using Done = std::function<void(const absl::StatusOr<std::string>& fields)>;
  grpc::ServerUnaryReactor* Begin(grpc::CallbackServerContext* context,
                                  const google::protobuf::Message& request,
                                  std::function<void(const ProviderCall& call, Done done)> begin);

  // The calls of chuanyu.cases.v1.
  grpc::ServerUnaryReactor* Claim(grpc::CallbackServerContext* context,
                                  const cases::v1::ClaimSubjectRequest* request,
                                  cases::v1::ClaimSubjectResponse* response);
  grpc::ServerUnaryReactor* Release(grpc::CallbackServerContext* context,
                                    const cases::v1::ReleaseSubjectRequest* request);

 private:
  const std::string region_;
  const ClaimCalls& claims_;
  WorkerPool workers_;
};

}  // namespace chuanyu
