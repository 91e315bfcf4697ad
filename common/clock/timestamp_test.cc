#include "common/clock/timestamp.h"

#include <gtest/gtest.h>

#include <limits>

#include "common/errors/error.h"

namespace chuanyu {
namespace {

google::protobuf::Timestamp Of(int64_t seconds, int32_t nanos) {
  google::protobuf::Timestamp out;
  out.set_seconds(seconds);
  out.set_nanos(nanos);
  return out;
}

TEST(Timestamp, CarriesWholeMilliseconds) {
  const absl::Time at = absl::FromUnixMillis(1'790'000'000'123);
  EXPECT_EQ(TimeOf(TimestampOf(at)), at);
  EXPECT_EQ(MillisOf(TimestampOf(at)), 1'790'000'000'123);
  EXPECT_EQ(MillisOf(Of(1, 1'999'999)), 1001);
}

TEST(Timestamp, TakesTheNearestTimeForWhatIsNone) {
  constexpr auto kMost = std::numeric_limits<int64_t>::max();
  constexpr auto kLeast = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(TimeOf(Of(kMost, std::numeric_limits<int32_t>::max())), TimeOf(Of(253'402'300'799, 999'999'999)));
  EXPECT_EQ(TimeOf(Of(kLeast, -1)), TimeOf(Of(-62'135'596'800, 0)));
  EXPECT_GT(MillisOf(Of(kMost, 0)), 0);
  EXPECT_LT(MillisOf(Of(kLeast, 0)), 0);
}

TEST(Timestamp, ParseRefusesWhatIsNone) {
  EXPECT_TRUE(ParseTimestamp(Of(0, 0), "created_from").ok());
  EXPECT_TRUE(ParseTimestamp(Of(253'402'300'799, 999'999'999), "created_from").ok());
  for (const auto& [seconds, nanos] :
       {std::pair<int64_t, int32_t>{253'402'300'800, 0}, {-62'135'596'801, 0}, {0, -1}, {0, 1'000'000'000}}) {
    const auto refused = ParseTimestamp(Of(seconds, nanos), "created_from");
    EXPECT_TRUE(HasReason(refused.status(), Reason::DATE_INVALID)) << seconds << " " << nanos;
  }
}

}  // namespace
}  // namespace chuanyu
