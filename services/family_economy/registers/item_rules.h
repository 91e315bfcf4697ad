// What the fields of an item may hold, whichever source it came from: a statement over a database or a
// department's server. Pure, thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "services/family_economy/registers/register_class.h"

namespace chuanyu::family_economy {

// Checks `item` as one of the class; fills in `region` where the source does not name one, and cuts divisions
// to the town (domain page §3.8). CODE_UNKNOWN, DATE_INVALID or BAD_REQUEST naming the field, never the
// value: an item of another class, a code outside its table, a negative amount, a share above the whole.
absl::Status CheckItem(const RegisterClass& register_class, const std::string& region, v1::ClassItem* item);

}  // namespace chuanyu::family_economy
