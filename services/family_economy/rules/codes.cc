#include "services/family_economy/rules/codes.h"

#include <algorithm>
#include <array>

#include "common/identity/id_number_like.h"

namespace chuanyu::family_economy {
namespace {

constexpr std::array<std::string_view, 5> kApplication = {"P-DIBAO", "P-TEKUN", "P-LINSHI", "P-BIANYUAN",
                                                          "P-GANGXING"};
constexpr std::array<std::string_view, 3> kReview = {"P-RECHECK", "P-MONITOR", "P-REVIEW"};
constexpr std::array<std::string_view, 8> kMarital = {"10", "20", "21", "22", "23", "30", "40", "90"};

template <size_t N>
bool Contains(const std::array<std::string_view, N>& table, std::string_view text) {
  return std::find(table.begin(), table.end(), text) != table.end();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool IsApplicationPurpose(std::string_view purpose) { return Contains(kApplication, purpose); }
bool IsReviewPurpose(std::string_view purpose) { return Contains(kReview, purpose); }

bool IsRelation(std::string_view code) {
  if (code.size() != 2 || !IsDigit(code[0]) || !IsDigit(code[1])) return false;
  return code == "01" || code == "02" || code >= "10";
}

bool IsMaritalStatus(std::string_view code) { return Contains(kMarital, code); }

bool SameMaritalStatus(std::string_view a, std::string_view b) {
  const auto married = [](std::string_view code) { return code.starts_with('2'); };
  return a == b || (married(a) && married(b));
}

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

}  // namespace chuanyu::family_economy
