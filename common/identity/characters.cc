#include "common/identity/characters.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace chuanyu {
namespace {

struct CodePoint {
  uint32_t value = 0;
  size_t size = 0;  // bytes; 0 when malformed
};

CodePoint Decode(std::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  uint32_t value = lead & (0xFFU >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, size};
}

// Variation selectors choose a glyph of the character before them (rare name characters use them); combining
// marks sit on it.
bool BelongsToCharacterBefore(uint32_t code) {
  return (code >= 0xFE00 && code <= 0xFE0F) || (code >= 0xE0100 && code <= 0xE01EF) ||
         (code >= 0x0300 && code <= 0x036F) || (code >= 0x20D0 && code <= 0x20FF) ||
         (code >= 0x180B && code <= 0x180D);
}

}  // namespace

std::optional<std::vector<std::string_view>> SplitCharacters(std::string_view text) {
  std::vector<std::string_view> characters;
  for (size_t at = 0; at < text.size();) {
    const CodePoint code = Decode(text.substr(at));
    if (code.size == 0) return std::nullopt;
    if (!characters.empty() && BelongsToCharacterBefore(code.value)) {
      characters.back() = std::string_view(characters.back().data(), characters.back().size() + code.size);
    } else {
      characters.push_back(text.substr(at, code.size));
    }
    at += code.size;
  }
  return characters;
}

size_t CountCodePoints(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace chuanyu
