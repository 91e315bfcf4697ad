// How an auditor's calls come into a domain service. Apart from calls.h: auditors see what was done with
// business data and no business data (domain page §3.1), so few handlers need this.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/base/worker_pool.h"
#include "common/service/calls.h"
#include "google/protobuf/message.h"

namespace chuanyu {

// As RunForSystem, for auditors of the own region (role "auditor") and nobody else.
grpc::ServerUnaryReactor* RunForAuditors(grpc::CallbackServerContext* context,
                                         const google::protobuf::Message& request,
                                         const std::string& own_region, WorkerPool& workers,
                                         std::function<absl::Status(const Caller& caller)> work);

}  // namespace chuanyu
