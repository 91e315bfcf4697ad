// The check characters of three standards. Pure, thread-safe.
#pragma once

#include <string_view>

namespace chuanyu {

// GB 11643 (MOD 11-2 of GB/T 17710): the 18th character for 17 digits. '\0' unless given exactly 17 ASCII
// digits. Detects every wrong digit and every swap of neighbours.
char CitizenCheckChar(std::string_view first17);

// GB 32100: the 18th character for 17 characters of its alphabet. '\0' when a character is not of the
// alphabet or the length is wrong.
char UsccCheckChar(std::string_view first17);

// GB 11714: the 9th character for the first 8 of a 主体标识码 (digits and capital letters). '\0' as above.
char OrgCodeCheckChar(std::string_view first8);

}  // namespace chuanyu
