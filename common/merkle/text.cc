#include "common/merkle/text.h"

#include <algorithm>
#include <limits>

#include "absl/strings/escaping.h"

namespace chuanyu::merkle {
namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

constexpr char32_t kInvalid = 0xffffffff;

// Takes one code point off `rest`, which is not empty; kInvalid when it is not UTF-8.
char32_t TakeCodePoint(std::string_view& rest) {
  const auto first = static_cast<uint8_t>(rest[0]);
  if (first < 0x80) {
    rest.remove_prefix(1);
    return first;
  }
  const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || rest.size() < size) return kInvalid;
  char32_t point = first & (0x7f >> size);
  for (size_t i = 1; i < size; ++i) {
    const auto next = static_cast<uint8_t>(rest[i]);
    if ((next & 0xc0) != 0x80) return kInvalid;
    point = (point << 6) | (next & 0x3f);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < kSmallest[size] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return kInvalid;
  rest.remove_prefix(size);
  return point;
}

// The code points of Unicode property White_Space beyond the control characters.
bool IsUnicodeSpace(char32_t point) {
  return point == 0x20 || point == 0x85 || point == 0xa0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 || point == 0x202f ||
         point == 0x205f || point == 0x3000;
}

}  // namespace

std::string Base64Encode(std::string_view bytes) { return absl::Base64Escape(Absl(bytes)); }

std::optional<std::string> Base64Decode(std::string_view text) {
  std::string bytes;
  // The library forgives spaces and missing padding; comparing with the canonical spelling does not.
  if (!absl::Base64Unescape(Absl(text), &bytes) || Base64Encode(bytes) != text) return std::nullopt;
  return bytes;
}

std::optional<uint64_t> ParseDecimal(std::string_view text) {
  if (text.empty() || (text[0] == '0' && text.size() > 1)) return std::nullopt;
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

bool IsNoteText(std::string_view text) {
  while (!text.empty()) {
    const char32_t point = TakeCodePoint(text);
    if (point == kInvalid || (point < 0x20 && point != '\n')) return false;
  }
  return true;
}

bool IsKeyName(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const char32_t point = TakeCodePoint(name);
    if (point == kInvalid || point < 0x20 || point == '+' || IsUnicodeSpace(point)) return false;
  }
  return true;
}

void AppendBigEndian64(std::string& out, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>((value >> shift) & 0xff));
}

uint64_t ReadBigEndian64(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = (value << 8) | static_cast<uint8_t>(bytes[i]);
  return value;
}

std::optional<std::string_view> TakeLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

}  // namespace chuanyu::merkle
