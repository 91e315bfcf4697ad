#include "services/exchange/node/payload_retention.h"

#include <algorithm>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/telemetry/log.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kPage = 1'024;

// When the oldest request that has not ended was made; InfiniteFuture when all have. An id says when it was
// made, and is never younger than its request.
absl::StatusOr<absl::Time> OldestOpen(Tracker& tracker) {
  absl::Time oldest = absl::InfiniteFuture();
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<StateCount> counts, tracker.Counts());
  for (const StateCount& count : counts) {
    if (IsTerminal(count.state) || count.count == 0) continue;
    std::string token;
    do {
      CHUANYU_ASSIGN_OR_RETURN(ListPage page, tracker.List(count.direction, count.state, kPage, token));
      for (const ListedRequest& request : page.requests)
        oldest = std::min(oldest, absl::FromUnixMillis(UuidV7Millis(request.request_id)));
      token = std::move(page.next_page_token);
    } while (!token.empty());
  }
  return oldest;
}

absl::Status Record(Pipeline& pipeline, const std::vector<std::string>& keys) {
  WorkGroup group;
  for (const std::string& key : keys) {
    Draft& draft = group.drafts.emplace_back();
    draft.record.set_kind(v1::RECORD_KIND_PAYLOADS_ERASED);
    draft.record.set_note(key);
  }
  std::promise<absl::Status> done;
  group.done = [&](const Outcome& outcome) { done.set_value(outcome.status); };
  pipeline.Submit(std::move(group));
  return done.get_future().get();
}

}  // namespace

absl::StatusOr<size_t> DestroyOldPayloads(Vault& vault, Tracker& tracker, Pipeline& pipeline,
                                          const Clock& clock, absl::Duration keep) {
  CHUANYU_ASSIGN_OR_RETURN(const absl::Time oldest_open, OldestOpen(tracker));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                           vault.Erase("", std::min(clock.Now() - keep, oldest_open)));
  if (keys.empty()) return 0;
  CHUANYU_RETURN_IF_ERROR(Record(pipeline, keys));
  CHUANYU_RETURN_IF_ERROR(vault.Forget(keys));
  LogEvent(Severity::kInfo, "payloads_erased", {{"keys", static_cast<int64_t>(keys.size())}});
  return keys.size();
}

}  // namespace chuanyu::exchange
