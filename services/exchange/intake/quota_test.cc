#include "services/exchange/intake/quota.h"

#include <gtest/gtest.h>

namespace chuanyu::exchange {
namespace {

policy::Policy WithQuota(int64_t rate, int64_t burst) {
  return {"v", "", {}, {{.caller = "500000/mzj/a", .requests_per_second = rate, .burst = burst}}};
}

TEST(Quota, BurstThenRefusedThenRefilledAtTheRate) {
  const policy::Policy policy = WithQuota(10, 3);
  QuotaKeeper keeper;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(keeper.Take(policy, "500000/mzj/a", 1000));
  EXPECT_FALSE(keeper.Take(policy, "500000/mzj/a", 1000));
  EXPECT_FALSE(keeper.Take(policy, "500000/mzj/a", 1099));
  EXPECT_TRUE(keeper.Take(policy, "500000/mzj/a", 1100));
  EXPECT_FALSE(keeper.Take(policy, "500000/mzj/a", 1100));
}

TEST(Quota, NeverHoldsMoreThanTheBurst) {
  const policy::Policy policy = WithQuota(1000, 2);
  QuotaKeeper keeper;
  EXPECT_TRUE(keeper.Take(policy, "500000/mzj/a", 0));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(keeper.Take(policy, "500000/mzj/a", 60'000));
  EXPECT_FALSE(keeper.Take(policy, "500000/mzj/a", 60'000));
}

TEST(Quota, CallersDoNotShareAndUnnamedCallersAreFree) {
  const policy::Policy policy = WithQuota(1, 1);
  QuotaKeeper keeper;
  EXPECT_TRUE(keeper.Take(policy, "500000/mzj/a", 0));
  EXPECT_FALSE(keeper.Take(policy, "500000/mzj/a", 0));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(keeper.Take(policy, "500000/mzj/b", 0));
}

TEST(Quota, AClockThatStepsBackGivesNothing) {
  const policy::Policy policy = WithQuota(1, 1);
  QuotaKeeper keeper;
  EXPECT_TRUE(keeper.Take(policy, "500000/mzj/a", 10'000));
  EXPECT_FALSE(keeper.Take(policy, "500000/mzj/a", 5'000));
}

}  // namespace
}  // namespace chuanyu::exchange
