// Checks at the border that protobuf itself leaves out. Thread-safe: pure functions.
#pragma once

#include <cstddef>

#include "absl/status/status.h"

namespace google::protobuf {
class Message;
}

namespace chuanyu::rpc {

// Largest request or answer payload in bytes (architecture §7).
inline constexpr size_t kMaxPayloadBytes = 4u << 20;

// UNKNOWN_FIELD with the path ("household.members[1].#17") when the message or one inside it carries a field
// that our schema does not have: a caller that sends what we would silently ignore must hear of it.
absl::Status RejectUnknownFields(const google::protobuf::Message& message);

// PAYLOAD_TOO_LARGE when the message takes more than kMaxPayloadBytes on the wire. Servers let a little more
// than that through, so that the caller gets this reason and not a bare transport error.
absl::Status RejectOversized(const google::protobuf::Message& message);

}  // namespace chuanyu::rpc
