#include "services/exchange/tracker/ids.h"

#include <gtest/gtest.h>

namespace chuanyu::exchange {
namespace {

TEST(PackId, KeepsWhatItPacks) {
  const std::string text = "0197e2a4-0000-7abc-8def-0123456789ab";
  const auto packed = PackId(text);
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->size(), 16u);
  EXPECT_EQ(UnpackId(*packed), text);
}

TEST(PackId, RefusesWhatIsNotCanonical) {
  for (const char* text : {"", "0197e2a4-0000-7abc-8def-0123456789a", "0197E2A4-0000-7abc-8def-0123456789ab",
                           "0197e2a400000-7abc-8def-0123456789ab", "0197e2a4-0000-7abc-8def-0123456789ag",
                           "0197e2a4-0000-7abc-8def-0123456789ab0"}) {
    EXPECT_FALSE(PackId(text)) << text;
  }
  EXPECT_EQ(UnpackId("short"), "");
}

}  // namespace
}  // namespace chuanyu::exchange
