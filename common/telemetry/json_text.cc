#include "common/telemetry/json_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "absl/strings/ascii.h"

namespace chuanyu {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr size_t kIdLength = 18;

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// Length of the well-formed UTF-8 character at the start of `text` (RFC 3629: no surrogates, nothing
// overlong, nothing above U+10FFFF); 0 when there is none.
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F)) return 0;
  if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return 0;
  return length;
}

void AppendAscii(char c, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (static_cast<uint8_t>(c) >= 0x20 && c != 0x7F) {
    out += c;
  } else {
    out += "\\u00";
    out += kHex[static_cast<uint8_t>(c) >> 4];
    out += kHex[static_cast<uint8_t>(c) & 0xF];
  }
}

// Address code, yyyymmdd, order, check digit.
bool LooksLikeCitizenId(std::string_view text) {
  for (size_t i = 0; i + 1 < kIdLength; ++i) {
    if (!absl::ascii_isdigit(text[i])) return false;
  }
  const char check = absl::ascii_toupper(text[kIdLength - 1]);
  if (!absl::ascii_isdigit(check) && check != 'X') return false;
  const std::string_view century = text.substr(6, 2), month = text.substr(10, 2), day = text.substr(12, 2);
  return century >= "18" && century <= "20" && month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 1) {
      AppendAscii(text[0], out);
    } else {
      out += length == 0 ? kReplacement : text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void AppendJsonNumber(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, end);
}

std::string MaskCitizenIds(std::string_view text) {
  std::string out;
  bool at_word_start = true;
  while (!text.empty()) {
    const bool ends_there =
        text.size() == kIdLength || (text.size() > kIdLength && !absl::ascii_isalnum(text[kIdLength]));
    if (at_word_start && ends_there && LooksLikeCitizenId(text)) {
      out += "***";
      text.remove_prefix(kIdLength);
      at_word_start = false;
      continue;
    }
    at_word_start = !absl::ascii_isalnum(text[0]);
    out += text[0];
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace chuanyu
