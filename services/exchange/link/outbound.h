// What of our log goes to one peer, read from the journal: the counterpart of inbound.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/exchange/v1/peer.pb.h"
#include "common/clock/clock.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

// A batch for the wire, and what the tracker learns when it is acknowledged.
struct OutboundBatch {
  v1::LinkBatch batch;
  SignedCheckpoint end;  // the checkpoint that the batch ends with
  std::vector<TrackerChange> on_ack;
};

// What the tracker learns of records that the peer holds.
struct AcknowledgedPart {
  uint64_t end = 0;  // of the records looked at
  std::vector<TrackerChange> changes;
};

// Holds no state of its own; thread-safe. Errors are those of Journal, and INTERNAL when no batch of the log
// ends between the two sizes.
class Outbound {
 public:
  Outbound(std::string peer_region, Journal& journal, const Clock& clock, size_t max_frame_bytes);

  // From the record `first` on, nothing from `limit` on: whole records for the peer, hashes of all others.
  absl::StatusOr<OutboundBatch> Next(uint64_t first, uint64_t limit) const;
  // The same part of the log as if the peer had just acknowledged it.
  absl::StatusOr<AcknowledgedPart> Acknowledged(uint64_t first, uint64_t limit) const;

 private:
  absl::Status AddLeaf(const DurableRecord& record, v1::LinkBatch& batch) const;
  void AddChanges(const DurableRecord& record, std::vector<TrackerChange>& changes) const;

  const std::string peer_region_;
  Journal& journal_;
  const Clock& clock_;
  const size_t max_frame_bytes_;
};

}  // namespace chuanyu::exchange
