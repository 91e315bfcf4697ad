// How calls come into a domain service: who may call a front or a provider, and blocking work on a worker
// instead of gRPC's own threads.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/worker_pool.h"
#include "common/rpc/identity.h"
#include "google/protobuf/message.h"

namespace chuanyu {

// The organisation of the calling system's certificate, and "<org>/<system>" for the record.
struct Caller {
  std::string org;
  std::string name;
  bool is_operator =
      false;  // of the region, for all its organisations; only where RunForOperators lets it in
};

// A system of the own region: CALLER_UNKNOWN, CALLER_WRONG_REGION, ROLE_DENIED.
absl::StatusOr<Caller> AdmitSystem(const grpc::CallbackServerContext& context, const std::string& own_region);
// One that sends nothing unknown: also PAYLOAD_TOO_LARGE, UNKNOWN_FIELD. Logs a refusal as "call_refused":
// reason, kind of request, calling system.
absl::StatusOr<Caller> AdmitSystem(const grpc::CallbackServerContext& context,
                                   const google::protobuf::Message& request, const std::string& own_region);

// What the own exchange node says about a question of another region, which comes in a call of its own or,
// through a QuestionServer, in a message with others; a provider sees no difference.
struct ProviderCall {
  std::string request_id;
  std::string purpose;
  std::string from_region;
  std::string authorization_no;
};

// The exchange node of the own region: CALLER_UNKNOWN, ROLE_DENIED, CALLER_WRONG_REGION; logged in the same
// way.
absl::StatusOr<rpc::CallerIdentity> AdmitOwnNode(const grpc::CallbackServerContext& context,
                                                 const google::protobuf::Message& request,
                                                 const std::string& own_region);
// Its question: also UNKNOWN_FIELD, BAD_REQUEST; logged in the same way.
absl::StatusOr<ProviderCall> AdmitNode(const grpc::CallbackServerContext& context,
                                       const google::protobuf::Message& question,
                                       const std::string& own_region);

// A whole call of a front or of a provider: finishes with the refusal of AdmitSystem or AdmitNode, with QUOTA
// when too much is waiting, and otherwise with what `work` returns on a worker.
grpc::ServerUnaryReactor* RunForSystem(grpc::CallbackServerContext* context,
                                       const google::protobuf::Message& request,
                                       const std::string& own_region, WorkerPool& workers,
                                       std::function<absl::Status(const Caller& caller)> work);
// As RunForSystem, and also for operators of the own region.
grpc::ServerUnaryReactor* RunForOperators(grpc::CallbackServerContext* context,
                                          const google::protobuf::Message& request,
                                          const std::string& own_region, WorkerPool& workers,
                                          std::function<absl::Status(const Caller& caller)> work);
// As RunForSystem, for an answer that comes later: `begin` runs on a worker and hands `done` on, which ends
// the call, once and from any thread. So no worker waits for another region.
grpc::ServerUnaryReactor* BeginForSystem(
    grpc::CallbackServerContext* context, const google::protobuf::Message& request,
    const std::string& own_region, WorkerPool& workers,
    std::function<void(const Caller& caller, std::function<void(const absl::Status& end)> done)> begin);
grpc::ServerUnaryReactor* RunForNode(grpc::CallbackServerContext* context,
                                     const google::protobuf::Message& question, const std::string& own_region,
                                     WorkerPool& workers,
                                     std::function<absl::Status(const ProviderCall& call)> work);
// As RunForNode, for an answer that comes later; see BeginForSystem.
grpc::ServerUnaryReactor* BeginForNode(
    grpc::CallbackServerContext* context, const google::protobuf::Message& question,
    const std::string& own_region, WorkerPool& workers,
    std::function<void(const ProviderCall& call, std::function<void(const absl::Status& end)> done)> begin);

// What a provider says beside its answer, for the node, before the call ends: the names of the fields that
// the answer carries ("from_month,type"), or that the answer comes later, by Exchange.AnswerDeferred.
void NameFields(grpc::CallbackServerContext* context, const std::string& fields);
void AnswerLater(grpc::CallbackServerContext* context);

}  // namespace chuanyu
