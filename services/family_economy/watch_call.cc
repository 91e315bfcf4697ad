#include "services/family_economy/watch_call.h"

#include "common/base/status_macros.h"
#include "services/family_economy/rules/progress.h"

namespace chuanyu::family_economy {

absl::StatusOr<WatchCall::Seen> WatchCall::Read() const {
  CHUANYU_ASSIGN_OR_RETURN(const v1::Verification found, store_.Get(org_, verification_no_));
  // PARTIAL, REPORTED and what ends a check: nothing more comes by itself.
  Seen seen{.version = found.version(), .final = !AwaitsAnswers(found), .response = {}};
  *seen.response.mutable_verification() = ViewOf(found, false, clock_.Now());
  return seen;
}

}  // namespace chuanyu::family_economy
