// The newest batches in memory, so that a healthy link reads no disk. Not synchronised.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "services/exchange/journal/journal.h"

namespace chuanyu::exchange {

class RecentBatches {
 public:
  RecentBatches(uint64_t max_batches, uint64_t max_bytes)
      : max_batches_(max_batches), max_bytes_(max_bytes) {}

  // Batches come in order and hold at least one record.
  void Add(std::shared_ptr<const DurableBatch> batch);

  // First index held, or nullopt when nothing is.
  std::optional<uint64_t> first_index() const;

  // Batches from the one that holds `first` on that end at or below `limit`, up to about `max_bytes`, the
  // first in any case. `first` is not below first_index().
  std::vector<std::shared_ptr<const DurableBatch>> From(uint64_t first, uint64_t limit,
                                                        size_t max_bytes) const;

  // The checkpoint of exactly this size; null when no batch ends there.
  const SignedCheckpoint* CheckpointAt(uint64_t size) const;

 private:
  struct Held {
    std::shared_ptr<const DurableBatch> batch;
    uint64_t end = 0;
    uint64_t bytes = 0;
  };
  std::deque<Held>::const_iterator FirstEndingAfter(uint64_t index) const;

  const uint64_t max_batches_;
  const uint64_t max_bytes_;
  std::deque<Held> held_;
  uint64_t bytes_ = 0;
};

}  // namespace chuanyu::exchange
