#include "services/exchange/tracker/retry_policy.h"

#include <gtest/gtest.h>

namespace chuanyu::exchange {
namespace {

TEST(NextAttempt, DoublesFromOneSecondToAHundred) {
  RetryPolicy policy;
  policy.max_attempts = 12;
  const int64_t expected[] = {1'000, 2'000, 4'000, 8'000, 16'000, 32'000, 64'000, 100'000, 100'000};
  for (uint32_t attempt = 1; attempt <= std::size(expected); ++attempt) {
    const AfterFailure after = NextAttempt(policy, attempt, 0.5);
    EXPECT_FALSE(after.park);
    EXPECT_EQ(after.delay_ms, expected[attempt - 1]) << attempt;
  }
}

TEST(NextAttempt, JittersByAFifthEitherWay) {
  EXPECT_EQ(NextAttempt({}, 1, 0.0).delay_ms, 800);
  EXPECT_NEAR(static_cast<double>(NextAttempt({}, 1, 0.999999).delay_ms), 1'200, 1);
}

TEST(NextAttempt, ParksAfterTheLastAttempt) {
  EXPECT_FALSE(NextAttempt({}, 7, 0.5).park);
  EXPECT_TRUE(NextAttempt({}, 8, 0.5).park);
  EXPECT_TRUE(NextAttempt({}, 9, 0.5).park);
  EXPECT_TRUE(MayRun({}, 8));
  EXPECT_FALSE(MayRun({}, 9)) << "the worker of attempt 8 died: a person must look";
}

}  // namespace
}  // namespace chuanyu::exchange
