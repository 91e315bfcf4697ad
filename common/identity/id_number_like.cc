#include "common/identity/id_number_like.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace chuanyu {
namespace {

constexpr size_t kLength = 18;             // GB 11643-1999
constexpr size_t kLegacyLength = 15;       // GB 11643-1989
constexpr size_t kCertificateLength = 20;  // 残疾人证: the ID number, then kind and grade
constexpr size_t kUuidLength = 36;

// GB/T 2260: the first two digits.
constexpr std::array<std::string_view, 35> kProvinces = {"11", "12", "13", "14", "15", "21", "22", "23", "31",
                                                         "32", "33", "34", "35", "36", "37", "41", "42", "43",
                                                         "44", "45", "46", "50", "51", "52", "53", "54", "61",
                                                         "62", "63", "64", "65", "71", "81", "82", "83"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsAlphanumeric(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsSeparator(char c) { return c == ' ' || c == '-' || c == '.' || c == '_'; }
bool IsX(char c) { return c == 'X' || c == 'x'; }

int TwoDigits(std::string_view digits, size_t at) { return (digits[at] - '0') * 10 + (digits[at + 1] - '0'); }

bool IsMonthAndDay(std::string_view digits, size_t at) {
  const int month = TwoDigits(digits, at);
  const int day = TwoDigits(digits, at + 2);
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

// The first 17 characters are digits.
bool HasDateOf18(std::string_view digits) {
  const int century = TwoDigits(digits, 6);
  return (century == 19 || century == 20) && IsMonthAndDay(digits, 10);
}

bool IsLegacy(std::string_view digits) {
  return std::find(kProvinces.begin(), kProvinces.end(), digits.substr(0, 2)) != kProvinces.end() &&
         IsMonthAndDay(digits, 8);
}

// RFC 9562: 8-4-4-4-12, a version from 1 to 8, the variant of the RFC.
bool BeginsWithUuid(std::string_view text) {
  if (text.size() < kUuidLength) return false;
  for (size_t i = 0; i < kUuidLength; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsHex(text[i])) return false;
  }
  const bool whole = text.size() == kUuidLength || !IsAlphanumeric(text[kUuidLength]);
  return whole && text[14] >= '1' && text[14] <= '8' &&
         std::string_view("89abAB").find(text[19]) != std::string_view::npos;
}

// Each UUID becomes one character that is neither a digit nor a separator.
std::string WithoutUuids(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const bool at_start = i == 0 || !IsAlphanumeric(text[i - 1]);
    if (at_start && BeginsWithUuid(text.substr(i))) {
      out.push_back('#');
      i += kUuidLength;
    } else {
      out.push_back(text[i++]);
    }
  }
  return out;
}

// 18 characters in one piece that begin here.
bool BeginsWith18(std::string_view text) {
  if (text.size() < kLength || !std::all_of(text.begin(), text.begin() + kLength - 1, IsDigit)) return false;
  return (IsDigit(text[kLength - 1]) || IsX(text[kLength - 1])) && HasDateOf18(text);
}

// Whole groups of digits that begin here and make a number together. `text` begins with a group.
bool GroupsMakeANumber(std::string_view text) {
  std::string digits;
  for (size_t i = 0; i < text.size() && digits.size() <= kCertificateLength; ++i) {
    if (IsSeparator(text[i])) continue;
    if (IsX(text[i])) return digits.size() == kLength - 1 && HasDateOf18(digits);
    if (!IsDigit(text[i])) return false;
    digits.push_back(text[i]);
    if (i + 1 < text.size() && IsDigit(text[i + 1])) continue;  // inside a group
    if (digits.size() == kLegacyLength && IsLegacy(digits)) return true;
    if ((digits.size() == kLength || digits.size() == kCertificateLength) && HasDateOf18(digits)) return true;
  }
  return false;
}

}  // namespace

bool LooksLikeIdNumber(std::string_view text) {
  const std::string plain = WithoutUuids(text);
  const std::string_view view(plain);
  for (size_t i = 0; i < view.size(); ++i) {
    if (!IsDigit(view[i])) continue;
    if (BeginsWith18(view.substr(i))) return true;
    const bool group_begins = i == 0 || !IsDigit(view[i - 1]);
    if (group_begins && GroupsMakeANumber(view.substr(i))) return true;
  }
  return false;
}

}  // namespace chuanyu
