#include "common/clock/timestamp.h"

#include <algorithm>

#include "common/errors/error.h"

namespace chuanyu {
namespace {

constexpr int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z
constexpr int32_t kLastNano = 999'999'999;

}  // namespace

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  const int64_t ms = absl::ToUnixMillis(time);
  google::protobuf::Timestamp out;
  out.set_seconds(ms / 1000);
  out.set_nanos(static_cast<int32_t>(ms % 1000 * 1'000'000));
  return out;
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(std::clamp(time.seconds(), kFirstSecond, kLastSecond)) +
         absl::Nanoseconds(std::clamp(time.nanos(), 0, kLastNano));
}

int64_t MillisOf(const google::protobuf::Timestamp& time) { return absl::ToUnixMillis(TimeOf(time)); }

absl::StatusOr<absl::Time> ParseTimestamp(const google::protobuf::Timestamp& time, const std::string& field) {
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond || time.nanos() < 0 ||
      time.nanos() > kLastNano) {
    return MakeError(Reason::DATE_INVALID, {.field = field});
  }
  return TimeOf(time);
}

}  // namespace chuanyu
