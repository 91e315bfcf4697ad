#include "common/base/uuid.h"

#include <set>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace chuanyu {
namespace {

constexpr int64_t kNow = 1772000000123;

TEST(UuidV7, HasVersionVariantAndTime) {
  UuidV7Generator generator;
  const std::string id = generator.Next(kNow);
  EXPECT_TRUE(IsUuidV7(id)) << id;
  EXPECT_EQ(UuidV7Millis(id), kNow);
}

TEST(UuidV7, ReadsTheExampleOfTheRfc) {
  // RFC 9562 appendix A.6.
  EXPECT_TRUE(IsUuidV7("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
  EXPECT_EQ(UuidV7Millis("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), 1645557742000);
}

TEST(UuidV7, RefusesOtherText) {
  EXPECT_FALSE(IsUuidV7(""));
  EXPECT_FALSE(IsUuidV7("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"));
  EXPECT_FALSE(IsUuidV7("017f22e2-79b0-4cc3-98c4-dc0c0c07398f"));
  EXPECT_FALSE(IsUuidV7("017f22e2-79b0-7cc3-78c4-dc0c0c07398f"));
  EXPECT_FALSE(IsUuidV7("017f22e279b07cc398c4dc0c0c07398f"));
  EXPECT_FALSE(IsUuidV7("017f22e2-79b0-7cc3-98c4-dc0c0c07398f0"));
  EXPECT_EQ(UuidV7Millis("nothing"), -1);
}

TEST(UuidV7, GrowsWithinOneMillisecondAndBeyondTheCounter) {
  UuidV7Generator generator;
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    std::string id = generator.Next(kNow);
    EXPECT_LT(last, id);
    EXPECT_TRUE(IsUuidV7(id));
    last = std::move(id);
  }
  EXPECT_GT(UuidV7Millis(last), kNow);
}

TEST(UuidV7, GrowsWhenTheClockGoesBack) {
  UuidV7Generator generator;
  const std::string first = generator.Next(kNow);
  EXPECT_LT(first, generator.Next(kNow - 5000));
}

TEST(UuidV7, IsUniqueAcrossThreads) {
  UuidV7Generator generator;
  std::vector<std::vector<std::string>> made(4);
  std::vector<std::thread> threads;
  for (auto& ids : made) {
    threads.emplace_back([&generator, &ids] {
      for (int i = 0; i < 2000; ++i) ids.push_back(generator.Next(kNow + i / 100));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& ids : made) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 8000u);
}

}  // namespace
}  // namespace chuanyu
