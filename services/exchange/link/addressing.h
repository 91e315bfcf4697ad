// Which region a record of our log is meant for, and what the peer's acknowledgement of it means. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "chuanyu/exchange/v1/journal.pb.h"
#include "services/exchange/link/sender.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

// The region that gets the record itself; every other peer gets its hash. Empty: nobody.
std::string_view AddresseeOf(const v1::JournalRecord& record);

// The peer holds a request: DISPATCHED. The asking region holds an answer: DELIVERED as far as we go.
std::vector<TrackerChange> ChangesOnPeerAck(const v1::JournalRecord& record, int64_t now_ms);

std::string_view LinkStateName(LinkState state);

}  // namespace chuanyu::exchange
