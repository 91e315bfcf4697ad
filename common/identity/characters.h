// UTF-8 text as the characters people see. Pure, thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace chuanyu {

// The characters of `text` as views into it: one code point each, with the variation selectors and combining
// marks that follow it. Nothing when `text` is not well-formed UTF-8 (overlong forms, surrogates, code points
// past U+10FFFF, cut-off sequences).
std::optional<std::vector<std::string_view>> SplitCharacters(std::string_view text);

// How many code points there are, if `text` is well-formed.
size_t CountCodePoints(std::string_view text);

}  // namespace chuanyu
