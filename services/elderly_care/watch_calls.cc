#include "services/elderly_care/watch_calls.h"

#include "common/base/status_macros.h"
#include "services/elderly_care/rules/change.h"

namespace chuanyu::elderly_care {

absl::StatusOr<FilingWatch::Seen> FilingWatch::Read() const {
  CHUANYU_ASSIGN_OR_RETURN(const v1::Filing found, filings_.Get(org_, application_no_));
  Seen seen{.version = found.version(), .final = cases::IsOver(desk_.flow(), found.steps()), .response = {}};
  *seen.response.mutable_filing() = BasicOf(found);
  return seen;
}

absl::StatusOr<MapWatch::Seen> MapWatch::Read() const {
  CHUANYU_ASSIGN_OR_RETURN(const auto changes, map_.Changes(after_));
  Seen seen;
  for (const v1::MapChange& change : changes) *seen.response.add_changes() = change;
  if (!changes.empty()) after_ = changes.back().sequence();
  // Nothing new is no news: the version is the last one that was written.
  seen.version = changes.empty() ? 0 : after_;
  seen.more = !changes.empty();
  return seen;
}

}  // namespace chuanyu::elderly_care
