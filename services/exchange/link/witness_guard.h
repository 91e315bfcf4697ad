// Whether exchanges may go on without a witness: for a grace with a visible warning, then not. A node without
// peers has no witness to wait for. Pure. Source: the journal page §4.
#pragma once

#include <span>

#include "absl/status/status.h"
#include "services/exchange/link/sender.h"

namespace chuanyu::exchange {

// WITNESS_UNAVAILABLE when no peer has cosigned what waits since more than `grace_ms`.
absl::Status CheckWitnesses(std::span<const LinkView> links, int64_t now_ms, int64_t grace_ms);

}  // namespace chuanyu::exchange
