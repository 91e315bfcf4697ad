// How calls come into a domain service: who may call a front or a provider, and blocking work on a worker
// instead of gRPC's own threads.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/worker_pool.h"
#include "google/protobuf/message.h"

namespace chuanyu {

// The organisation of the calling system's certificate, and "<org>/<system>" for the record.
struct Caller {
  std::string org;
  std::string name;
};

// A system of the own region that sends nothing unknown: CALLER_UNKNOWN, CALLER_WRONG_REGION, ROLE_DENIED,
// PAYLOAD_TOO_LARGE, UNKNOWN_FIELD.
absl::StatusOr<Caller> AdmitSystem(const grpc::CallbackServerContext& context,
                                   const google::protobuf::Message& request, const std::string& own_region);

// What the own exchange node says about a question of another region.
struct ProviderCall {
  std::string request_id;
  std::string purpose;
  std::string from_region;
  std::string authorization_no;
};

// CALLER_UNKNOWN, ROLE_DENIED, CALLER_WRONG_REGION, UNKNOWN_FIELD, BAD_REQUEST.
absl::StatusOr<ProviderCall> AdmitNode(const grpc::CallbackServerContext& context,
                                       const google::protobuf::Message& question,
                                       const std::string& own_region);

// Finishes with `admitted` when that is an error, with QUOTA when too much is waiting, and otherwise with
// what `work` returns on a worker.
grpc::ServerUnaryReactor* RunOnWorker(grpc::CallbackServerContext* context, WorkerPool& workers,
                                      const absl::Status& admitted, std::function<absl::Status()> work);

}  // namespace chuanyu
