#include "common/identity/masking.h"

#include "common/calendar/age.h"
#include "common/identity/characters.h"

namespace chuanyu {
namespace {

constexpr std::string_view kHidden = "***";
constexpr int kAdult = 18;

std::string Stars(size_t n) { return std::string(n, '*'); }

}  // namespace

std::string MaskName(std::string_view name) {
  const auto characters = SplitCharacters(name);
  if (!characters) return std::string(kHidden);
  const size_t n = characters->size();
  if (n < 2) return Stars(n);
  std::string masked(characters->front());
  if (n == 2) return masked + "*";
  return masked + Stars(n - 2) + std::string(characters->back());
}

std::string MaskMinorName(std::string_view name) {
  const auto characters = SplitCharacters(name);
  if (!characters) return std::string(kHidden);
  if (characters->size() < 2) return Stars(characters->size());
  return std::string(characters->front()) + "**";
}

std::string MaskId(const CitizenId& id, Date today) {
  const std::string number = id.canonical();
  const bool adult = id.birth_date() && AgeOn(*id.birth_date(), today) >= kAdult;
  const size_t shown_at_end = adult ? 4 : 0;
  return number.substr(0, 3) + Stars(number.size() - 3 - shown_at_end) +
         number.substr(number.size() - shown_at_end);
}

std::string MaskPhone(std::string_view phone) {
  const auto characters = SplitCharacters(phone);
  if (!characters) return std::string(kHidden);
  const size_t n = characters->size();
  const size_t at_start = n >= 11 ? 3 : 0;
  const size_t at_end = n >= 8 ? 4 : 0;
  std::string masked;
  for (size_t i = 0; i < n; ++i) {
    const bool shown = i < at_start || i >= n - at_end;
    masked += shown ? (*characters)[i] : "*";
  }
  return masked;
}

std::string MaskAccount(std::string_view account) {
  const auto characters = SplitCharacters(account);
  if (!characters) return std::string(kHidden);
  std::string masked = "****";
  if (characters->size() < 8) return masked;
  for (size_t i = characters->size() - 4; i < characters->size(); ++i) masked += (*characters)[i];
  return masked;
}

}  // namespace chuanyu
