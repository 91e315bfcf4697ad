// Rebuilds the tracker from the journal, which is the truth.
#pragma once

#include "absl/status/status.h"
#include "services/exchange/node/config.h"

namespace chuanyu::exchange {

// Forgets what Redis holds of this node and replays the whole journal. The journal's lock refuses it while
// the node runs. Safe to interrupt: run it again, or start the node, which replays the rest.
absl::Status RebuildTracker(const NodeConfig& config);

}  // namespace chuanyu::exchange
