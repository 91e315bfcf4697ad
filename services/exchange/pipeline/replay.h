// Brings the tracker up to the journal, which is the truth.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

// Replays the records from tracker.AppliedSize() on: at every start, and after Reset the whole journal. Safe
// to interrupt and to repeat. Run it before the pipeline.
absl::Status ReplayIntoTracker(Journal& journal, Tracker& tracker, std::string_view own_region,
                               const Clock& clock);

// The records [first, limit).
absl::Status ReplayRange(Journal& journal, Tracker& tracker, uint64_t first, uint64_t limit);

}  // namespace chuanyu::exchange
