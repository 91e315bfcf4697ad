// A google.rpc.Status inside a message, where a call of its own would have it in the trailer. Pure.
#pragma once

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace chuanyu::rpc {

// As ToGrpc; code 0 for OK.
google::rpc::Status StatusToProto(const absl::Status& status);
// As FromGrpc; OK for code 0.
absl::Status StatusFromProto(const google::rpc::Status& status);

}  // namespace chuanyu::rpc
