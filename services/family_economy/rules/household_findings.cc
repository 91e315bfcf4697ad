// Declared against found.
#include <algorithm>
#include <set>

#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/household.h"

namespace chuanyu::family_economy {
namespace {

bool DeclaresNothing(const std::string& marital_code) { return marital_code.empty() || marital_code == "90"; }

TypedDiscrepancy Make(const FoundFacts& found, DiscrepancyType type) {
  return {.member_id = found.member_id, .type = type, .region = found.region};
}

void CompareMarital(const DeclaredFacts& declared, const FoundFacts& found,
                    std::vector<TypedDiscrepancy>& out) {
  if (!found.marital_code || DeclaresNothing(declared.marital_code) || DeclaresNothing(*found.marital_code)) {
    return;
  }
  if (SameMaritalStatus(declared.marital_code, *found.marital_code)) return;
  TypedDiscrepancy& one = out.emplace_back(Make(found, DiscrepancyType::kMaritalStatus));
  one.declared_code = declared.marital_code;
  one.found_code = *found.marital_code;
}

void CompareBenefits(const DeclaredFacts& declared, const FoundFacts& found,
                     std::vector<TypedDiscrepancy>& out) {
  if (!found.benefits) return;
  for (const Benefit& benefit : *found.benefits) {
    const auto& known = declared.benefits;
    if (std::find(known.begin(), known.end(), benefit) != known.end()) continue;
    TypedDiscrepancy& one = out.emplace_back(Make(found, DiscrepancyType::kUndeclaredBenefit));
    one.region = benefit.region;
    one.found_code = v1::AssistanceType_Name(benefit.type);
  }
}

// |found - declared| above the tolerance, without an overflow whatever the numbers.
bool Differs(int64_t declared, int64_t found, const Tolerance& tolerance) {
  const __int128 difference = static_cast<__int128>(found) - declared;
  const __int128 distance = difference < 0 ? -difference : difference;
  const __int128 share = static_cast<__int128>(declared < 0 ? 0 : declared) * tolerance.bp;
  return distance > tolerance.fen_month && distance * 10'000 > share;
}

void CompareIncome(const DeclaredFacts& declared, const FoundFacts& found, const Tolerance& tolerance,
                   std::vector<TypedDiscrepancy>& out) {
  if (!declared.income_fen_month || !found.income_fen_month) return;
  if (!Differs(*declared.income_fen_month, *found.income_fen_month, tolerance)) return;
  const bool higher = *found.income_fen_month > *declared.income_fen_month;
  TypedDiscrepancy& one =
      out.emplace_back(Make(found, higher ? DiscrepancyType::kIncomeHigher : DiscrepancyType::kIncomeLower));
  one.declared_number = declared.income_fen_month;
  one.found_number = found.income_fen_month;
}

}  // namespace

std::vector<TypedDiscrepancy> CompareFacts(const std::vector<DeclaredFacts>& declared,
                                           const std::vector<FoundFacts>& found, const Tolerance& tolerance) {
  std::vector<TypedDiscrepancy> out;
  for (const FoundFacts& facts : found) {
    const auto match = std::find_if(declared.begin(), declared.end(), [&](const DeclaredFacts& one) {
      return one.member_id == facts.member_id;
    });
    if (match == declared.end()) continue;
    if (facts.deceased.value_or(false)) out.push_back(Make(facts, DiscrepancyType::kDeceased));
    CompareMarital(*match, facts, out);
    CompareBenefits(*match, facts, out);
    CompareIncome(*match, facts, tolerance, out);
  }
  return out;
}

std::vector<TypedDiscrepancy> CompareMembers(const HouseholdVersion& declared, const FoundHousehold& found) {
  const std::set<std::string> registered(found.person_indexes.begin(), found.person_indexes.end());
  std::set<std::string> strangers = registered;
  std::vector<TypedDiscrepancy> out;
  for (const FrozenMember& member : declared.members) {
    strangers.erase(member.person_index);
    if (registered.contains(member.person_index)) continue;
    out.push_back({.member_id = member.member_id,
                   .type = DiscrepancyType::kMemberNotRegistered,
                   .region = found.region});
  }
  if (!strangers.empty()) {
    out.push_back({.type = DiscrepancyType::kPersonNotDeclared,
                   .region = found.region,
                   .declared_number = static_cast<int64_t>(declared.members.size()),
                   .found_number = static_cast<int64_t>(registered.size())});
  }
  return out;
}

}  // namespace chuanyu::family_economy
