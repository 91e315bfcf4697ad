// A node that rewrites its history: what the witness exists for.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "tests/support/world.h"

namespace chuanyu::testing {

// Appends `records` records that were never there before to the journal of a region whose node is stopped,
// signed with its own keys as an operator with root would.
absl::Status AppendForged(const World& world, const Region& region, uint64_t records);

}  // namespace chuanyu::testing
