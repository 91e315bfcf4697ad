#include "services/family_economy/rules/household_version.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

namespace chuanyu::family_economy {
namespace {

absl::Status Stale(const std::string& detail) {
  return MakeError(Reason::STALE_VERSION, {.field = "household.members", .detail = detail});
}

}  // namespace

std::string MembersText(std::vector<FrozenMember> members) {
  std::sort(members.begin(), members.end());
  std::string text;
  for (const FrozenMember& member : members) {
    // Neither holds a blank or a line break, so no two families read the same.
    absl::StrAppend(&text, member.person_index, " ", member.relation, "\n");
  }
  return text;
}

HouseholdChange Compare(const HouseholdVersion& frozen, const HouseholdVersion& now) {
  if (frozen.members_mac != now.members_mac) return HouseholdChange::kMembers;
  return frozen.facts_mac == now.facts_mac ? HouseholdChange::kNone : HouseholdChange::kFacts;
}

absl::Status CheckFrozen(const HouseholdVersion& frozen, const HouseholdVersion& now) {
  if (frozen.household_id != now.household_id) {
    return MakeError(Reason::AUTH_SCOPE, {.field = "household.household_id"});
  }
  if (now.version < frozen.version) {
    return MakeError(Reason::STALE_VERSION,
                     {.field = "household.version", .detail = "older than what was checked"});
  }
  if (Compare(frozen, now) == HouseholdChange::kMembers) {
    return Stale("the members changed during the check; it needs a new authorisation");
  }
  return absl::OkStatus();
}

absl::StatusOr<HouseholdVersion> Freeze(const std::optional<HouseholdVersion>& before, HouseholdVersion now,
                                        const std::string& authorised) {
  if (!authorised.empty() && authorised != now.members_mac) {
    return MakeError(Reason::AUTH_SCOPE, {.field = "household.members",
                                          .detail = "other members or relations need a new authorisation"});
  }
  now.version = 1;
  if (!before) return now;
  const HouseholdChange change = Compare(*before, now);
  if (change == HouseholdChange::kMembers && !authorised.empty()) {
    return Stale("the members changed since this authorisation was given; it needs a new one");
  }
  now.version = before->version + (change == HouseholdChange::kNone ? 0 : 1);
  return now;
}

}  // namespace chuanyu::family_economy
