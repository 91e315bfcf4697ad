#include "services/exchange/link/addressing.h"

namespace chuanyu::exchange {

std::string_view AddresseeOf(const v1::JournalRecord& record) {
  if (!record.peer_origin().empty()) return {};  // came from a peer; it stays here
  switch (record.kind()) {
    case v1::RECORD_KIND_REQUEST_SENT:
    case v1::RECORD_KIND_CANCELLED:
      return record.to_region();
    case v1::RECORD_KIND_ANSWER_SENT:
      return record.from_region();
    default:
      return {};
  }
}

std::vector<TrackerChange> ChangesOnPeerAck(const v1::JournalRecord& record, int64_t now_ms) {
  Transition transition;
  transition.request_id = record.request_id();
  transition.at_ms = now_ms;
  if (record.kind() == v1::RECORD_KIND_REQUEST_SENT) {
    transition.event = Event::kDispatched;
  } else if (record.kind() == v1::RECORD_KIND_ANSWER_SENT) {
    transition.event = Event::kDelivered;
  } else {
    return {};
  }
  return {std::move(transition)};
}

std::string_view LinkStateName(LinkState state) {
  switch (state) {
    case LinkState::kConnecting:
      return "CONNECTING";
    case LinkState::kUp:
      return "UP";
    case LinkState::kDown:
      return "DOWN";
    case LinkState::kStopped:
      return "STOPPED";
  }
  return "UNKNOWN";
}

}  // namespace chuanyu::exchange
