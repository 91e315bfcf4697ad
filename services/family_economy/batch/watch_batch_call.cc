#include "services/family_economy/batch/watch_batch_call.h"

#include "common/base/status_macros.h"

namespace chuanyu::family_economy {

absl::StatusOr<WatchBatchCall::Seen> WatchBatchCall::Read() const {
  CHUANYU_ASSIGN_OR_RETURN(const StoredBatch batch, deps_.store.Find(org_, batch_no_));
  CHUANYU_ASSIGN_OR_RETURN(v1::Batch view, ViewOf(deps_.store, batch, deps_.clock.Now()));
  const bool final = view.state() == v1::BATCH_STATE_DONE || view.state() == v1::BATCH_STATE_REFUSED;
  Seen seen{.version = view.version(), .final = final, .response = {}};
  *seen.response.mutable_batch() = std::move(view);
  return seen;
}

}  // namespace chuanyu::family_economy
