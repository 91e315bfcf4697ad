// What everybody may see of a filing: the map, and the status for 政策跟着老人走. Domain page §7, seed rows
// 14 and 17. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>

#include "chuanyu/elderly_care/v1/filing.pb.h"
#include "chuanyu/elderly_care/v1/map.pb.h"

namespace chuanyu::elderly_care {

// The entry as the filing's state wants it: shown when FILED or VERIFIED, taken off in every other state
// after the receipt; nothing while the entry stays as it is (a change is looked at) or there never was one.
// Without entry_id, region, version and stated_at.
std::optional<v1::PublicEntry> PublicOf(const v1::Filing& filing);

// Whether two entries tell the same, whenever they were stated.
bool TellsTheSame(const v1::PublicEntry& a, const v1::PublicEntry& b);

v1::FilingStatus StatusOf(v1::FilingState state);

}  // namespace chuanyu::elderly_care
