// How proposals spell their kinds and reasons.
#include <array>
#include <string_view>

#include "services/family_economy/rules/assessment.h"

namespace chuanyu::family_economy {

std::string NameOf(ProposalKind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"DIBAO",        "EDGE",   "GRADUAL_EXIT",
                                                      "NOT_ELIGIBLE", "MANUAL", "INCOMPLETE"};
  return std::string(kNames.at(static_cast<size_t>(kind)));
}

std::string NameOf(ManualReason reason) {
  constexpr std::array<std::string_view, 12> kNames = {"INCOME_EQUALS_STANDARD",
                                                       "INCOME_UNDECIDED",
                                                       "DEDUCTION_UNDECIDED",
                                                       "PROPERTY_TO_REVIEW",
                                                       "DEATH_RECORDED",
                                                       "FINDINGS_UNSETTLED",
                                                       "NO_POLICY",
                                                       "NO_STANDARD",
                                                       "MEMBERSHIP_UNDECIDED",
                                                       "CURRENT_DIBAO_UNCONFIRMED",
                                                       "NO_RULES",
                                                       "NOT_COMPUTABLE"};
  return std::string(kNames.at(static_cast<size_t>(reason)));
}

}  // namespace chuanyu::family_economy
