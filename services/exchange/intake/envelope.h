// The border of the node: a submission becomes the record that will stand in the journal, or an error with
// its reason. After this nothing downstream checks the envelope again. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/exchange/v1/exchange.pb.h"
#include "chuanyu/exchange/v1/journal.pb.h"

namespace chuanyu::exchange {

inline constexpr size_t kMaxPayloadBytes = 4u << 20;
inline constexpr absl::Duration kMaxClockSkew = absl::Minutes(5);  // domain page §3.6
inline constexpr absl::Duration kMaxDeadline = absl::Hours(24 * 366);

// Who submits, as its certificate says.
struct Submitter {
  std::string region;  // "500000"
  std::string system;  // "<org>/<system>"
  std::string Caller() const { return region + "/" + system; }
};

// Checks every field of the envelope and the size of the payload. The error's field is the path inside
// Submission. `own_region` is the node's.
absl::StatusOr<v1::JournalRecord> ToRecord(const v1::Submission& submission, const Submitter& submitter,
                                           std::string_view own_region, absl::Time now);

// MSG_CLOCK_SKEW when `theirs` is more than 5 minutes away from `now`.
absl::Status CheckSkew(absl::Time theirs, absl::Time now, std::string_view field);

}  // namespace chuanyu::exchange
