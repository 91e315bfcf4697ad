// Changes as arguments of cy_apply, and its replies as results. Private to this folder. Pure.
#pragma once

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/redis/client.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

// BAD_REQUEST when a field of any change breaks its limit.
absl::Status CheckChanges(std::span<const TrackerChange> changes);

// Appends the arguments of one change that CheckChanges accepted.
void AppendChange(const TrackerChange& change, redis::Command& command);

// The result of one change.
absl::StatusOr<TrackResult> ParseResult(const redis::Reply& reply);

}  // namespace chuanyu::exchange
