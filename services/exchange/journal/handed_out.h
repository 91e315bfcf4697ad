// The newest checkpoints that were signed because somebody needed them: their cosignatures come back. Not
// synchronised.
#pragma once

#include <cstdint>
#include <map>

#include "services/exchange/journal/journal.h"

namespace chuanyu::exchange {

class HandedOut {
 public:
  // More than are ever on their way to all peers: a frame each, and an acknowledgement clears those before
  // it.
  static constexpr size_t kKept = 4'096;

  void Add(const SignedCheckpoint& checkpoint) {
    by_size_.insert_or_assign(checkpoint.size, checkpoint);
    if (by_size_.size() > kKept) by_size_.erase(by_size_.begin());
  }
  // Null when it is not, or no longer, held.
  const SignedCheckpoint* Find(uint64_t size) const {
    const auto found = by_size_.find(size);
    return found == by_size_.end() ? nullptr : &found->second;
  }

 private:
  std::map<uint64_t, SignedCheckpoint> by_size_;
};

}  // namespace chuanyu::exchange
