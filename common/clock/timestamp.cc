#include "common/clock/timestamp.h"

namespace chuanyu {

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  const int64_t ms = absl::ToUnixMillis(time);
  google::protobuf::Timestamp out;
  out.set_seconds(ms / 1000);
  out.set_nanos(static_cast<int32_t>(ms % 1000 * 1'000'000));
  return out;
}

int64_t MillisOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

}  // namespace chuanyu
