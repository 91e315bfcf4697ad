// Texts that travel and are stored in plain: ids, numbers of cases and documents. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace chuanyu {

// 1 to `max` characters of [A-Za-z0-9_-], and of `more`, that hold no ID number.
bool IsToken(std::string_view text, size_t max, std::string_view more = "");
bool IsLowerHex(std::string_view text, size_t length);

}  // namespace chuanyu
