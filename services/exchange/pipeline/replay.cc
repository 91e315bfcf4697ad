#include "services/exchange/pipeline/replay.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/telemetry/log.h"
#include "services/exchange/pipeline/pipeline.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kChunk = 2048;

// What the peer's acknowledgement told the tracker is no record. A cosigned checkpoint tells it again: below
// it the peer holds everything.
void AddAcknowledged(const DurableRecord& record, std::vector<TrackerChange>& changes) {
  Transition transition;
  transition.request_id = record.record.request_id();
  transition.at_ms = record.record.time_us() / 1000;
  if (record.record.kind() == v1::RECORD_KIND_REQUEST_SENT) {
    transition.event = Event::kDispatched;
  } else if (record.record.kind() == v1::RECORD_KIND_ANSWER_SENT && record.record.note() != "REFUSED") {
    transition.event = Event::kDelivered;
  } else {
    return;
  }
  changes.push_back(std::move(transition));
}

}  // namespace

absl::Status ReplayRange(Journal& journal, Tracker& tracker, uint64_t first, uint64_t limit) {
  const uint64_t cosigned = journal.LatestCosigned().size;
  std::vector<TrackerChange> changes;
  const absl::Status end_of_range = absl::OutOfRangeError("end of the range");
  const absl::Status visited = journal.ForEachFrom(first, [&](const DurableRecord& record) -> absl::Status {
    const uint64_t index = record.record.sequence();
    if (index >= limit) return end_of_range;
    for (TrackerChange& change : ChangesFor(record, std::nullopt, {})) changes.push_back(std::move(change));
    if (index < cosigned) AddAcknowledged(record, changes);
    if (changes.size() < kChunk) return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(tracker.ApplyBatch(changes, index + 1).status());
    changes.clear();
    return absl::OkStatus();
  });
  if (!visited.ok() && visited != end_of_range) return visited;
  return tracker.ApplyBatch(changes, limit).status();
}

absl::Status ReplayIntoTracker(Journal& journal, Tracker& tracker, std::string_view own_region,
                               const Clock& clock) {
  CHUANYU_ASSIGN_OR_RETURN(const uint64_t first, tracker.AppliedSize());
  const uint64_t size = journal.Latest().size;
  if (first >= size) return absl::OkStatus();
  const int64_t started_ms = clock.NowMs();
  CHUANYU_RETURN_IF_ERROR(ReplayRange(journal, tracker, first, size));
  LogEvent(Severity::kInfo, "tracker_replayed",
           {{"region", own_region},
            {"from", absl::StrCat(first)},
            {"to", absl::StrCat(size)},
            {"ms", absl::StrCat(clock.NowMs() - started_ms)}});
  return absl::OkStatus();
}

}  // namespace chuanyu::exchange
