// Whether a family is still the one that was checked: members and relations are frozen while it is looked at,
// and an authorisation holds for those who signed it (domain page §4.1, §4.6). Families are compared by keyed
// MACs, so what is kept to compare tells nothing about anybody. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace chuanyu::family_economy {

struct FrozenMember {
  std::string person_index;  // blind index
  std::string relation;      // to the applicant, GB/T 4761-2008
  friend auto operator<=>(const FrozenMember&, const FrozenMember&) = default;
};
// What `members_mac` is made of: the same for the same persons in the same relations, in any order.
std::string MembersText(std::vector<FrozenMember> members);

struct HouseholdVersion {
  std::string household_id;
  int64_t version = 0;      // goes up by one with each change of the household
  std::string members_mac;  // over MembersText
  std::string facts_mac;    // over all that is declared of the household
};

enum class HouseholdChange {
  kNone,
  kFacts,    // the same members: a check goes on
  kMembers,  // other members or relations: a check is stale, and its authorisation does not cover the family
};
HouseholdChange Compare(const HouseholdVersion& frozen, const HouseholdVersion& now);

// OK while something may be asked, proposed or decided on `frozen`. STALE_VERSION when the members changed,
// or `now` is older than what was frozen (restored from a backup); AUTH_SCOPE when it is another household.
absl::Status CheckFrozen(const HouseholdVersion& frozen, const HouseholdVersion& now);

// `now` with the version that a check gets which is filed about it. `before`: the newest version of the
// household, nothing when it is filed for the first time. `authorised`: members_mac under which the
// authorisation was used before, empty when it is new. AUTH_SCOPE when it was given for other members;
// STALE_VERSION when it was given for these, but the family has changed under another one since.
absl::StatusOr<HouseholdVersion> Freeze(const std::optional<HouseholdVersion>& before, HouseholdVersion now,
                                        const std::string& authorised);

}  // namespace chuanyu::family_economy
