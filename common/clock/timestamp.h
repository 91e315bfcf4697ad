// Times as messages carry them: whole milliseconds. Pure.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace chuanyu {

// Not before 1970: nothing that is recorded here is that old.
google::protobuf::Timestamp TimestampOf(absl::Time time);
// What is less than a millisecond is left out.
int64_t MillisOf(const google::protobuf::Timestamp& time);

}  // namespace chuanyu
