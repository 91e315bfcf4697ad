#include "services/exchange/link/pace.h"

namespace chuanyu::exchange {

bool SendNow(const Unsent& unsent, size_t frames_on_way, const LastFrame& last, const Pace& pace) {
  if (unsent.leaves == 0) return false;
  if (unsent.leaves >= pace.full_leaves || unsent.bytes >= pace.full_bytes) return true;
  if (frames_on_way > 0) return false;
  if (last.leaves >= pace.busy_leaves && last.ago_ms < pace.busy_gap_ms) return false;
  return unsent.addressed || unsent.waited_ms >= pace.linger_ms;
}

}  // namespace chuanyu::exchange
