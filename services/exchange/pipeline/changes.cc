#include <utility>

#include "absl/strings/str_cat.h"
#include "services/exchange/pipeline/pipeline.h"

namespace chuanyu::exchange {
namespace {

constexpr size_t kMaxOutcomeBytes = 48;  // of the tracker; names of reasons are shorter

NewRequest Created(const DurableRecord& durable, Direction direction) {
  const v1::JournalRecord& record = durable.record;
  NewRequest request;
  request.request_id = record.request_id();
  request.direction = direction;
  request.caller = absl::StrCat(record.from_region(), "/", record.from_system());
  request.peer_region = direction == Direction::kOut ? record.to_region() : record.from_region();
  request.operation = record.operation();
  request.at_ms = record.time_us() / 1000;
  request.deadline_ms = record.deadline_ms();
  if (direction == Direction::kOut) request.idempotency_key = record.idempotency_key();
  request.location = durable.location;
  request.journal_index = record.sequence();
  return request;
}

Transition Happened(const DurableRecord& durable, Event event) {
  Transition transition;
  transition.request_id = durable.record.request_id();
  transition.event = event;
  transition.at_ms = durable.record.time_us() / 1000;
  if (event == Event::kAnswered || event == Event::kRejected) transition.location = durable.location;
  transition.outcome = durable.record.outcome().substr(0, kMaxOutcomeBytes);
  return transition;
}

}  // namespace

// The kind alone says the direction: what we sent is kOut, what we received is kIn.
std::vector<TrackerChange> ChangesFor(const DurableRecord& record, const std::optional<WorkerLease>& lease,
                                      std::string_view /*own_region*/) {
  if (record.record.request_id().empty()) return {};
  switch (record.record.kind()) {
    case v1::RECORD_KIND_REQUEST_SENT:
      return {Created(record, Direction::kOut)};
    case v1::RECORD_KIND_REQUEST_RECEIVED: {
      NewRequest request = Created(record, Direction::kIn);
      request.lease_for = lease;
      return {std::move(request)};
    }
    case v1::RECORD_KIND_ANSWER_RECEIVED:
      return {Happened(record, Event::kAnswered)};
    case v1::RECORD_KIND_ANSWER_SENT:
      return {Happened(record, record.record.note() == "REFUSED" ? Event::kRejected : Event::kAnswered)};
    case v1::RECORD_KIND_DELIVERED:
      return {Happened(record, Event::kDelivered)};
    case v1::RECORD_KIND_CANCELLED:
      return {Happened(record, Event::kCancelled)};
    case v1::RECORD_KIND_EXPIRED:
      return {Happened(record, Event::kExpired)};
    case v1::RECORD_KIND_PARKED:
      return {Happened(record, Event::kParked)};
    default:
      return {};
  }
}

}  // namespace chuanyu::exchange
