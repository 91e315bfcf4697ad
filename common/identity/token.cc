#include "common/identity/token.h"

#include <algorithm>

#include "common/identity/id_number_like.h"

namespace chuanyu {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool IsToken(std::string_view text, size_t max, std::string_view more) {
  if (text.empty() || text.size() > max || LooksLikeIdNumber(text)) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
           more.find(c) != std::string_view::npos;
  });
}

bool IsLowerHex(std::string_view text, size_t length) {
  return text.size() == length &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); });
}

}  // namespace chuanyu
