#include "services/exchange/link/outbound.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/link/addressing.h"

namespace chuanyu::exchange {
namespace {

absl::StatusOr<Journal::Range> ReadSome(Journal& journal, uint64_t first, uint64_t limit, size_t max_bytes) {
  CHUANYU_ASSIGN_OR_RETURN(Journal::Range range, journal.ReadBatches(first, limit, max_bytes));
  if (range.batches.empty())
    return MakeError(Reason::INTERNAL, {.detail = "no batch of the log ends between the two sizes"});
  return range;
}

}  // namespace

Outbound::Outbound(std::string peer_region, Journal& journal, const Clock& clock, size_t max_frame_bytes)
    : peer_region_(std::move(peer_region)),
      journal_(journal),
      clock_(clock),
      max_frame_bytes_(max_frame_bytes) {}

absl::StatusOr<OutboundBatch> Outbound::Next(uint64_t first, uint64_t limit) const {
  CHUANYU_ASSIGN_OR_RETURN(const Journal::Range range, ReadSome(journal_, first, limit, max_frame_bytes_));
  OutboundBatch out;
  out.batch.set_first_index(first);
  for (const auto& durable : range.batches) {
    for (const DurableRecord& record : durable->records()) {
      if (record.record.sequence() < first) continue;
      CHUANYU_RETURN_IF_ERROR(AddLeaf(record, out.batch));
      AddChanges(record, out.on_ack);
    }
  }
  CHUANYU_ASSIGN_OR_RETURN(out.end, journal_.SignedEnd(*range.batches.back()));
  out.batch.set_checkpoint(out.end.note);
  return out;
}

absl::StatusOr<AcknowledgedPart> Outbound::Acknowledged(uint64_t first, uint64_t limit) const {
  // Not up to `limit`: what a process that was killed had signed up to there may not be on its disk, and then
  // no range ends there. Nothing of this needs a signature.
  CHUANYU_ASSIGN_OR_RETURN(const Journal::Range range,
                           ReadSome(journal_, first, journal_.Latest().size, max_frame_bytes_));
  AcknowledgedPart part;
  for (const auto& durable : range.batches) {
    for (const DurableRecord& record : durable->records()) {
      if (record.record.sequence() >= first && record.record.sequence() < limit)
        AddChanges(record, part.changes);
    }
  }
  const DurableBatch& last = *range.batches.back();
  part.end = std::min<uint64_t>(limit, last.first_index() + last.records().size());
  return part;
}

absl::Status Outbound::AddLeaf(const DurableRecord& record, v1::LinkBatch& batch) const {
  v1::LinkLeaf& leaf = *batch.add_leaves();
  if (AddresseeOf(record.record) != peer_region_) {
    leaf.set_hash(record.leaf_hash.data(), record.leaf_hash.size());
    return absl::OkStatus();
  }
  if (record.record.commitment().empty() || !record.salt.empty()) {
    leaf.set_record(record.bytes);
    leaf.set_salt(record.salt);
    leaf.set_payload(record.payload);
    return absl::OkStatus();
  }
  const absl::StatusOr<DurableRecord> read = journal_.ReadAt(record.location);
  if (HasReason(read.status(), Reason::PAYLOAD_ERASED)) {
    // Too old to be asked: its place in the log still has to be proved.
    leaf.set_hash(record.leaf_hash.data(), record.leaf_hash.size());
    return absl::OkStatus();
  }
  CHUANYU_RETURN_IF_ERROR(read.status());
  leaf.set_record(read->bytes);
  leaf.set_salt(read->salt);
  leaf.set_payload(read->payload);
  return absl::OkStatus();
}

void Outbound::AddChanges(const DurableRecord& record, std::vector<TrackerChange>& changes) const {
  if (AddresseeOf(record.record) != peer_region_) return;
  for (TrackerChange& change : ChangesOnPeerAck(record.record, clock_.NowMs()))
    changes.push_back(std::move(change));
}

}  // namespace chuanyu::exchange
