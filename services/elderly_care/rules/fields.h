// Checks of single fields that filings and findings share. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"

namespace chuanyu::elderly_care {

// BAD_REQUEST unless it is 1 to `max` characters (not bytes: names hold rare ones of four) without control
// characters.
absl::Status CheckText(const std::string& text, size_t max, const std::string& field);
// BAD_REQUEST unless it is 4 to 40 of [0-9A-Z-].
absl::Status CheckPremisesId(const std::string& id, const std::string& field);

}  // namespace chuanyu::elderly_care
