// Where messages of a peer go once they are durable and tracked.
#pragma once

#include <optional>
#include <span>

#include "services/exchange/journal/journal.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

// Thread-safe.
class ReceivedSink {
 public:
  virtual ~ReceivedSink() = default;

  // The lease under which requests that arrive now may start, so that they need no second round trip. Nullopt
  // when there is no room: they wait in the tracker until a worker takes them.
  virtual std::optional<WorkerLease> LeaseForArrivals() = 0;

  // One batch of a peer in the order of its log, with what the tracker said to each record. Called on the
  // tracker thread: must not block.
  virtual void OnReceived(std::span<const DurableRecord> records, std::span<const TrackResult> tracked) = 0;
};

}  // namespace chuanyu::exchange
