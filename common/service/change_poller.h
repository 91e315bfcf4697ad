// Tells the watchers of this process what other processes of the same service changed: they share nothing but
// the database. Looks at the versions of the cases that somebody watches, so the work depends on the
// watchers and not on how much the others change, and is bounded: with more watchers a change is told later.
//
// One thread of its own. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/periodic.h"
#include "common/service/watchers.h"

namespace chuanyu {

class ChangePoller {
 public:
  struct Options {
    absl::Duration interval = absl::Seconds(1);  // somebody who waits sees no difference to "at once"
    size_t batch = 200;                          // names a statement
    int batches = 5;                             // statements a round
  };

  // Versions of what is watched under these names, which go up with each change; without those that are not
  // there. Blocks.
  using VersionsFn =
      std::function<absl::StatusOr<std::map<std::string, int64_t>>(const std::vector<std::string>& names)>;
  // `watchers` outlives the object.
  ChangePoller(VersionsFn versions, Watchers& watchers, const Options& options);

  void Stop() { rounds_.Stop(); }

 private:
  void Round();
  // False after the last of what is watched, or when the database does not answer.
  bool LookAtBatch();

  const VersionsFn versions_of_;
  Watchers& watchers_;
  const Options options_;

  // Of the thread. A pass goes once over all that is watched, in as many rounds as it takes.
  std::string after_;                       // where the next batch begins
  std::map<std::string, int64_t> seen_;     // versions as the last pass saw them
  std::map<std::string, int64_t> passing_;  // as this pass has seen them so far

  Periodic rounds_;
};

}  // namespace chuanyu
