// What of a month that was paid is to be recovered (追回), and what may be recorded of it. Domain page §8
// [PROP]: what was paid after the end of a grant, and what this region recovers of a month that two regions
// paid. Never more than was paid for the month, whatever the reasons. Pure, thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "chuanyu/disability/v1/grant.pb.h"
#include "common/calendar/month.h"

namespace chuanyu::disability {

// A month that was paid. `end`: the last month of the grant, if one is set; `duties`: what comparisons said
// of the month. Nothing when nothing of it is to be recovered.
std::optional<v1::Recovery> RecoveryOf(Month month, int64_t fen, std::optional<Month> end,
                                       const std::vector<v1::OverlapDuty>& duties);

// Adds what was recorded before, in order; sets what is left.
void AddActs(const std::vector<v1::RecoveryAct>& acts, v1::Recovery* recovery);

// Whether `act` may be recorded of it now: BAD_REQUEST when it says no amount, or one beside `keeps`;
// STATE_CONFLICT for more than is left, and for `keeps` of a month of which the rule has decided, or of which
// money has come back.
absl::Status CheckAct(const v1::RecoveryAct& act, const v1::Recovery& recovery);

}  // namespace chuanyu::disability
