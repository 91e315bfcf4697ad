#include "services/exchange/journal/recent_batches.h"

#include <algorithm>
#include <utility>

namespace chuanyu::exchange {

void RecentBatches::Add(std::shared_ptr<const DurableBatch> batch) {
  Held held{.end = batch->first_index() + batch->records().size()};
  for (const DurableRecord& record : batch->records())
    held.bytes += record.bytes.size() + record.payload.size();
  held.batch = std::move(batch);
  bytes_ += held.bytes;
  held_.push_back(std::move(held));
  while (held_.size() > 1 && (held_.size() > max_batches_ || bytes_ > max_bytes_)) {
    bytes_ -= held_.front().bytes;
    held_.pop_front();
  }
}

std::optional<uint64_t> RecentBatches::first_index() const {
  if (held_.empty()) return std::nullopt;
  return held_.front().batch->first_index();
}

std::deque<RecentBatches::Held>::const_iterator RecentBatches::FirstEndingAfter(uint64_t index) const {
  return std::upper_bound(held_.begin(), held_.end(), index,
                          [](uint64_t value, const Held& held) { return value < held.end; });
}

std::vector<std::shared_ptr<const DurableBatch>> RecentBatches::From(uint64_t first, uint64_t limit,
                                                                     size_t max_bytes) const {
  std::vector<std::shared_ptr<const DurableBatch>> batches;
  uint64_t bytes = 0;
  for (auto held = FirstEndingAfter(first); held != held_.end() && held->end <= limit; ++held) {
    if (!batches.empty() && bytes + held->bytes > max_bytes) break;
    bytes += held->bytes;
    batches.push_back(held->batch);
  }
  return batches;
}

const SignedCheckpoint* RecentBatches::CheckpointAt(uint64_t size) const {
  if (size == 0 || held_.empty()) return nullptr;
  const auto held = FirstEndingAfter(size - 1);
  return held != held_.end() && held->end == size ? &held->batch->checkpoint() : nullptr;
}

}  // namespace chuanyu::exchange
