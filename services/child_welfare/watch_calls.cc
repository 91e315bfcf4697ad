#include "services/child_welfare/watch_calls.h"

#include "common/base/status_macros.h"

namespace chuanyu::child_welfare {

absl::StatusOr<RecognitionWatch::Seen> RecognitionWatch::Read() const {
  CHUANYU_ASSIGN_OR_RETURN(const auto changes, recognitions_.Changes(org_, after_));
  Seen seen;
  for (const v1::RecognitionChange& change : changes) *seen.response.add_changes() = change;
  if (!changes.empty()) after_ = changes.back().sequence();
  // Nothing new is no news: the version is the last one that was written.
  seen.version = changes.empty() ? 0 : after_;
  seen.more = !changes.empty();
  return seen;
}

}  // namespace chuanyu::child_welfare
