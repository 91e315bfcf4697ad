#include "services/exchange/link/witness_guard.h"

#include <algorithm>

#include "common/errors/error.h"

namespace chuanyu::exchange {

absl::Status CheckWitnesses(std::span<const LinkView> links, int64_t now_ms, int64_t grace_ms) {
  if (links.empty()) return absl::OkStatus();
  // One witness is enough.
  const bool witnessed = std::any_of(links.begin(), links.end(), [&](const LinkView& link) {
    return link.waiting_since_ms == 0 || now_ms - link.waiting_since_ms <= grace_ms;
  });
  return witnessed ? absl::OkStatus() : MakeError(Reason::WITNESS_UNAVAILABLE);
}

}  // namespace chuanyu::exchange
