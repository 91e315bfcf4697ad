// Chuanyu errors on the wire: the canonical gRPC code, an English text for operators, and google.rpc.Status
// in the trailer with ErrorInfo (reason of the catalogue, domain "chuanyu"), BadRequest (the offending field)
// and LocalizedMessage (zh-CN). Any gRPC client that knows google.rpc decodes it. Source: architecture §7.
//
// Thread-safe: pure functions.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace chuanyu::rpc {

// ErrorInfo.domain of every error of ours.
inline constexpr std::string_view kErrorDomain = "chuanyu";

// What a handler returns. A status made by MakeError keeps its reason, field and detail. Any other error
// becomes INTERNAL without its message: that text was not written for people outside and may hold anything.
grpc::Status ToGrpc(const absl::Status& status);

// What a caller got. An error of ours comes back as MakeError made it (ReasonOf and FieldOf work). An error
// whose reason this build does not know keeps its code and the reason's name as the message. An error of the
// transport (UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNIMPLEMENTED ...) keeps code and text and has no
// reason, except that a message over the size limit becomes PAYLOAD_TOO_LARGE.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace chuanyu::rpc
