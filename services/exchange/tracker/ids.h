// Request ids as they are kept in Redis: the 16 bytes of the UUID instead of its 36 characters. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chuanyu::exchange {

// Nullopt unless `text` is a UUID in canonical lower-case text.
std::optional<std::string> PackId(std::string_view text);
// Canonical text; "" unless `bytes` are 16.
std::string UnpackId(std::string_view bytes);

}  // namespace chuanyu::exchange
