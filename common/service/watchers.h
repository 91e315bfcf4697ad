// Who wants to hear of changes of which case, in this process. What other processes on the same database
// change, somebody else has to find and tell (ChangePoller). Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/base/mutex.h"

namespace chuanyu {

class Watchers {
 public:
  // `changed` runs after each change until Remove; it must not block. Returns the ticket for Remove.
  uint64_t Add(const std::string& case_no, std::function<void()> changed) ABSL_LOCKS_EXCLUDED(mu_);
  // May return while `changed` still runs.
  void Remove(const std::string& case_no, uint64_t ticket) ABSL_LOCKS_EXCLUDED(mu_);
  void Notify(const std::string& case_no) ABSL_LOCKS_EXCLUDED(mu_);
  // Cases that somebody listens to, in order, after `after`; each once, at most `limit`.
  std::vector<std::string> Watched(const std::string& after, size_t limit) ABSL_LOCKS_EXCLUDED(mu_);
  // Everybody, as when the process ends.
  void NotifyAll() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Mutex mu_;
  uint64_t next_ticket_ ABSL_GUARDED_BY(mu_) = 1;
  std::map<std::pair<std::string, uint64_t>, std::function<void()>> watchers_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu
