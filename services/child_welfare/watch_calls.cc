#include "services/child_welfare/watch_calls.h"

#include "common/base/status_macros.h"

namespace chuanyu::child_welfare {

absl::StatusOr<ApplicationWatch::Seen> ApplicationWatch::Read() const {
  CHUANYU_ASSIGN_OR_RETURN(const v1::Application found, applications_.Get(org_, application_no_));
  const bool over = found.state() == v1::APPLICATION_STATE_NOTIFIED ||
                    found.state() == v1::APPLICATION_STATE_WITHDRAWN ||
                    found.state() == v1::APPLICATION_STATE_DUPLICATE;
  Seen seen{.version = found.version(), .final = over, .response = {}};
  *seen.response.mutable_application() = ViewOf(found, false);
  return seen;
}

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
