// Deadlines of calls in Abseil's time. A call without a deadline has absl::InfiniteFuture(). Thread-safe.
#pragma once

#include "absl/time/time.h"

namespace grpc {
class ClientContext;
class ServerContextBase;
}  // namespace grpc

namespace chuanyu::rpc {

// The instant at which the caller stops waiting for this call.
absl::Time DeadlineOf(const grpc::ServerContextBase& context);

// Time from `now` to the deadline; never negative, absl::InfiniteDuration() when there is no deadline.
absl::Duration RemainingTime(const grpc::ServerContextBase& context, absl::Time now);

// Gives an outgoing call its deadline; call before the RPC starts. absl::InfiniteFuture() sets none.
void SetDeadline(grpc::ClientContext& context, absl::Time deadline);

}  // namespace chuanyu::rpc
