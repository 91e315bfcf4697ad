#include "services/exchange/link/pace.h"

#include <gtest/gtest.h>

namespace chuanyu::exchange {
namespace {

constexpr Pace kPace{
    .full_leaves = 10, .full_bytes = 1'000, .linger_ms = 200, .busy_leaves = 8, .busy_gap_ms = 15};

TEST(PaceTest, SendsNothingWhenNothingWaits) {
  EXPECT_FALSE(SendNow({.addressed = true, .waited_ms = 1'000}, 0, {}, kPace));
}

TEST(PaceTest, SendsALoneRequestAtOnce) {
  EXPECT_TRUE(SendNow({.leaves = 1, .bytes = 1, .addressed = true}, 0, {}, kPace));
}

TEST(PaceTest, GathersWhileAFrameIsOnItsWay) {
  EXPECT_FALSE(SendNow({.leaves = 9, .bytes = 999, .addressed = true, .waited_ms = 10'000}, 1, {}, kPace));
}

TEST(PaceTest, SendsAFullFrameBesideOthers) {
  EXPECT_TRUE(SendNow({.leaves = 10, .bytes = 1}, 3, {}, kPace));
  EXPECT_TRUE(SendNow({.leaves = 1, .bytes = 1'000}, 3, {}, kPace));
}

TEST(PaceTest, LetsWhatThePeerOnlyWitnessesWaitForALittle) {
  EXPECT_FALSE(SendNow({.leaves = 1, .bytes = 1, .waited_ms = 199}, 0, {}, kPace));
  EXPECT_TRUE(SendNow({.leaves = 1, .bytes = 1, .waited_ms = 200}, 0, {}, kPace));
}

TEST(PaceTest, LetsABusyLinkGatherForALittle) {
  const Unsent unsent{.leaves = 3, .bytes = 3, .addressed = true};
  EXPECT_FALSE(SendNow(unsent, 0, {.leaves = 8, .ago_ms = 14}, kPace));
  EXPECT_TRUE(SendNow(unsent, 0, {.leaves = 8, .ago_ms = 15}, kPace));
  EXPECT_TRUE(SendNow(unsent, 0, {.leaves = 7, .ago_ms = 0}, kPace));
}

}  // namespace
}  // namespace chuanyu::exchange
