#include "common/rpc/deadline.h"

#include <algorithm>
#include <chrono>

#include "grpcpp/client_context.h"
#include "grpcpp/server_context.h"

namespace chuanyu::rpc {

absl::Time DeadlineOf(const grpc::ServerContextBase& context) {
  const gpr_timespec raw = context.raw_deadline();
  if (gpr_time_cmp(raw, gpr_inf_future(raw.clock_type)) == 0) return absl::InfiniteFuture();
  return absl::FromChrono(context.deadline());
}

absl::Duration RemainingTime(const grpc::ServerContextBase& context, absl::Time now) {
  return std::max(absl::ZeroDuration(), DeadlineOf(context) - now);
}

void SetDeadline(grpc::ClientContext& context, absl::Time deadline) {
  if (deadline == absl::InfiniteFuture()) return;
  context.set_deadline(absl::ToChronoTime(deadline));
}

}  // namespace chuanyu::rpc
