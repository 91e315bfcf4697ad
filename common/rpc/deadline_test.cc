#include "common/rpc/deadline.h"

#include "absl/time/clock.h"
#include "grpcpp/client_context.h"
#include "grpcpp/server_context.h"
#include "gtest/gtest.h"

namespace chuanyu::rpc {
namespace {

TEST(Deadline, ACallWithoutOneNeverEnds) {
  const grpc::CallbackServerContext context;
  EXPECT_EQ(DeadlineOf(context), absl::InfiniteFuture());
  EXPECT_EQ(RemainingTime(context, absl::Now()), absl::InfiniteDuration());
}

TEST(Deadline, IsSetOnOutgoingCalls) {
  grpc::ClientContext context;
  const absl::Time end = absl::FromUnixSeconds(1'800'000'000);
  SetDeadline(context, end);
  EXPECT_EQ(absl::FromChrono(context.deadline()), end);
}

TEST(Deadline, InfiniteMeansNone) {
  grpc::ClientContext context;
  const auto before = context.raw_deadline();
  SetDeadline(context, absl::InfiniteFuture());
  EXPECT_EQ(gpr_time_cmp(before, context.raw_deadline()), 0);
}

}  // namespace
}  // namespace chuanyu::rpc
