#include "services/exchange/intake/recent_ids.h"

#include <gtest/gtest.h>

#include <vector>

#include "common/base/uuid.h"

namespace chuanyu::exchange {
namespace {

TEST(RecentIds, ANewIdAfterTheBorderIsSurelyNew) {
  UuidV7Generator ids;
  RecentIds recent(1'000);
  const std::string id = ids.Next(1'000);
  EXPECT_FALSE(recent.MaybeUsed(id));
  recent.Add(id);
  EXPECT_TRUE(recent.MaybeUsed(id));
  EXPECT_FALSE(recent.MaybeUsed(ids.Next(1'000)));
}

TEST(RecentIds, WhatWasMadeBeforeTheBorderMayHaveBeenUsed) {
  UuidV7Generator ids;
  EXPECT_TRUE(RecentIds(1'000).MaybeUsed(ids.Next(999)));
}

TEST(RecentIds, IdsThatDifferInOneDigitAreTwo) {
  RecentIds recent(0);
  recent.Add("0197e2a4-0000-7000-8000-000000000001");
  EXPECT_FALSE(recent.MaybeUsed("0197e2a4-0000-7000-8000-000000000002"));
  EXPECT_FALSE(recent.MaybeUsed("0197e2a4-0000-7000-9000-000000000001"));
  EXPECT_FALSE(recent.MaybeUsed("0197e2a4-0000-7001-8000-000000000001"));
}

TEST(RecentIds, NeverForgetsWithoutMovingTheBorder) {
  UuidV7Generator ids;
  RecentIds recent(0, /*generation=*/16);
  std::vector<std::string> used;
  for (int64_t ms = 1; ms <= 200; ++ms) {
    used.push_back(ids.Next(ms));
    recent.Add(used.back());
    for (const std::string& id : used) ASSERT_TRUE(recent.MaybeUsed(id)) << id;
  }
  EXPECT_FALSE(recent.MaybeUsed(ids.Next(201)));
  EXPECT_TRUE(recent.MaybeUsed(UuidV7Generator().Next(1)));
}

}  // namespace
}  // namespace chuanyu::exchange
