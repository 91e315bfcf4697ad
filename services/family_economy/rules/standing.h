// Who of a declared household counts, by what was declared about each person and the rules of
// rules/household.h. A person whose number is not known has no age, and is for an officer. Pure, thread-safe.
#pragma once

#include <optional>
#include <vector>

#include "chuanyu/family_economy/v1/verification.pb.h"
#include "services/family_economy/rules/application.h"
#include "services/family_economy/rules/household.h"

namespace chuanyu::family_economy {

// Of one member of the check.
struct Standing {
  const v1::Member* member = nullptr;  // in the check
  MembershipDecision decision;
  bool counts = true;      // nobody is left out because nothing was entered about him
  bool undecided = false;  // a person must find out
};

// In the order of the household. `check` outlives the result.
std::vector<Standing> StandingsOf(const v1::Verification& check, Date day, const MembershipRules& rules,
                                  const RuleContext& context);

// Completed years of a member; nothing when they are not known.
std::optional<int> AgeOf(const v1::Member& member, Date day, const RuleContext& context);

}  // namespace chuanyu::family_economy
