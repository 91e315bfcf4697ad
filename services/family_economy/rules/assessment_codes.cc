#include "services/family_economy/rules/assessment_codes.h"

#include <array>
#include <cstddef>

namespace chuanyu::family_economy {
namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, 11> kIncomeNames = {
    "WAGE",          "BUSINESS",       "FARMING",     "PROPERTY", "TRANSFER",     "DISABILITY_SUBSIDY",
    "CHILD_WELFARE", "HONOUR_PENSION", "SCHOLARSHIP", "RELIEF",   "BASIC_PENSION"};
constexpr std::array<std::string_view, 5> kDeductionNames = {"EMPLOYMENT_COST", "ILLNESS", "DISABILITY_CARE",
                                                             "EDUCATION", "SUPPORT_FEE"};
constexpr std::array<std::string_view, 4> kPropertyNames = {"FINANCIAL", "HOUSING", "VEHICLE", "COMPANY"};

template <typename Kind, size_t N>
constexpr std::array<Kind, N> Enumerate(const std::array<std::string_view, N>&) {
  std::array<Kind, N> kinds{};
  for (size_t at = 0; at < N; ++at) kinds[at] = static_cast<Kind>(at);
  return kinds;
}

constexpr auto kIncomes = Enumerate<IncomeKind>(kIncomeNames);
constexpr auto kDeductions = Enumerate<DeductionKind>(kDeductionNames);
constexpr auto kProperties = Enumerate<PropertyKind>(kPropertyNames);

template <typename Kind, size_t N>
std::optional<Kind> Find(const std::array<std::string_view, N>& names, std::string_view name) {
  for (size_t at = 0; at < N; ++at) {
    if (names[at] == name) return static_cast<Kind>(at);
  }
  return std::nullopt;
}

}  // namespace

std::string NameOf(IncomeKind kind) { return std::string(kIncomeNames.at(static_cast<size_t>(kind))); }
std::string NameOf(DeductionKind kind) { return std::string(kDeductionNames.at(static_cast<size_t>(kind))); }
std::string NameOf(PropertyKind kind) { return std::string(kPropertyNames.at(static_cast<size_t>(kind))); }

std::optional<IncomeKind> FindIncomeKind(std::string_view name) {
  return Find<IncomeKind>(kIncomeNames, name);
}
std::optional<DeductionKind> FindDeductionKind(std::string_view name) {
  return Find<DeductionKind>(kDeductionNames, name);
}
std::optional<PropertyKind> FindPropertyKind(std::string_view name) {
  return Find<PropertyKind>(kPropertyNames, name);
}

std::span<const IncomeKind> AllIncomeKinds() { return kIncomes; }
std::span<const DeductionKind> AllDeductionKinds() { return kDeductions; }
std::span<const PropertyKind> AllPropertyKinds() { return kProperties; }

}  // namespace chuanyu::family_economy
