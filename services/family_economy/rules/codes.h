// Small code tables of household checks and the checks of text fields. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace chuanyu::family_economy {

// Domain page §3.7: purposes that may ask about a household. Those for which someone applies, and those of an
// office that looks again at what was granted.
bool IsApplicationPurpose(std::string_view purpose);
bool IsReviewPurpose(std::string_view purpose);

// GB/T 4761-2008: 01, 02 and 10 to 99.
bool IsRelation(std::string_view code);
// GB/T 2261.2-2003.
bool IsMaritalStatus(std::string_view code);
// 21 初婚, 22 再婚 and 23 复婚 are kinds of 20 已婚.
bool SameMaritalStatus(std::string_view a, std::string_view b);

// 1 to `max` characters of [A-Za-z0-9_-], and of `more`, that hold no ID number: such texts travel in plain.
bool IsToken(std::string_view text, size_t max, std::string_view more = "");
bool IsLowerHex(std::string_view text, size_t length);

}  // namespace chuanyu::family_economy
