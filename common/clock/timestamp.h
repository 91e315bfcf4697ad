// Times as messages carry them: whole milliseconds. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace chuanyu {

// Not before 1970: nothing that is recorded here is that old.
google::protobuf::Timestamp TimestampOf(absl::Time time);

// What others send may be any two integers: beyond what protobuf allows (the years 1 to 9999, nanoseconds of
// one second) the nearest allowed time, so that a later comparison is never undefined.
absl::Time TimeOf(const google::protobuf::Timestamp& time);
// What is less than a millisecond is left out.
int64_t MillisOf(const google::protobuf::Timestamp& time);
// For what a caller chose: DATE_INVALID, naming the field, beyond what protobuf allows.
absl::StatusOr<absl::Time> ParseTimestamp(const google::protobuf::Timestamp& time, const std::string& field);

}  // namespace chuanyu
