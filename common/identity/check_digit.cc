#include "common/identity/check_digit.h"

#include <array>
#include <cstddef>

namespace chuanyu {
namespace {

// GB 32100: no I, O, S, V, Z, which look like digits or each other.
constexpr std::string_view kUsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr std::string_view kOrgCodeAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// The weighted sum of `text` over `alphabet`, or -1 when a character is not in it or the length differs.
template <size_t N>
int WeightedSum(std::string_view text, std::string_view alphabet, const std::array<int, N>& weights) {
  if (text.size() != N) return -1;
  int sum = 0;
  for (size_t i = 0; i < N; ++i) {
    const size_t value = alphabet.find(text[i]);
    if (value == std::string_view::npos) return -1;
    sum += static_cast<int>(value) * weights[i];
  }
  return sum;
}

}  // namespace

char CitizenCheckChar(std::string_view first17) {
  constexpr std::array kWeights = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  const int sum = WeightedSum(first17, "0123456789", kWeights);
  return sum < 0 ? '\0' : "10X98765432"[sum % 11];
}

char UsccCheckChar(std::string_view first17) {
  constexpr std::array kWeights = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
  const int sum = WeightedSum(first17, kUsccAlphabet, kWeights);
  // The outer modulo: a remainder of 0 gives '0'. Without it every code that ends in 0 would be refused.
  return sum < 0 ? '\0' : kUsccAlphabet[static_cast<size_t>((31 - sum % 31) % 31)];
}

char OrgCodeCheckChar(std::string_view first8) {
  constexpr std::array kWeights = {3, 7, 9, 10, 5, 8, 4, 2};
  const int sum = WeightedSum(first8, kOrgCodeAlphabet, kWeights);
  return sum < 0 ? '\0' : "0X987654321"[sum % 11];  // 11 - remainder, with 10 as X and 11 as 0
}

}  // namespace chuanyu
