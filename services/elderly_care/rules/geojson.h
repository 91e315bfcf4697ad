// The map as GeoJSON, RFC 7946: a FeatureCollection, one Feature an institution, points as [longitude,
// latitude] in WGS 84, geometry null where nobody measured (§3.2). Public fields only. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "chuanyu/elderly_care/v1/map.pb.h"

namespace chuanyu::elderly_care {

// Entries that are not shown are left out. Ends with a line end.
std::string GeoJsonOf(const std::vector<v1::PublicEntry>& entries);

}  // namespace chuanyu::elderly_care
