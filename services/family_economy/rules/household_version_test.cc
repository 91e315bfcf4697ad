#include "services/family_economy/rules/household_version.h"

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu::family_economy {
namespace {

std::vector<FrozenMember> Members() { return {{"index-1", "01"}, {"index-2", "10"}, {"index-3", "20"}}; }

// The text itself stands for its MAC.
HouseholdVersion Family(int64_t version, std::vector<FrozenMember> members = Members(),
                        const std::string& facts = "facts") {
  return {.household_id = "H-1",
          .version = version,
          .members_mac = MembersText(std::move(members)),
          .facts_mac = facts};
}

std::vector<std::vector<FrozenMember>> OtherFamilies() {
  std::vector<std::vector<FrozenMember>> out(4, Members());
  out[0].pop_back();
  out[1].push_back({"index-4", "30"});
  out[2][1].relation = "99";
  out[3][1].person_index = "index-9";
  return out;
}

TEST(HouseholdVersions, MembersAreFrozenDuringACheck) {
  EXPECT_EQ(Compare(Family(3), Family(3)), HouseholdChange::kNone);
  EXPECT_EQ(Compare(Family(3), Family(4, Members(), "employed since")), HouseholdChange::kFacts);
  EXPECT_TRUE(CheckFrozen(Family(3), Family(4, Members(), "employed since")).ok());
  EXPECT_EQ(Compare(Family(3), Family(3, {Members()[2], Members()[0], Members()[1]})),
            HouseholdChange::kNone);
  for (const auto& members : OtherFamilies()) {
    EXPECT_EQ(Compare(Family(3), Family(4, members)), HouseholdChange::kMembers);
    EXPECT_TRUE(HasReason(CheckFrozen(Family(3), Family(4, members)), Reason::STALE_VERSION));
  }
}

TEST(HouseholdVersions, AnOlderOneOrAnotherHouseholdIsRefused) {
  EXPECT_TRUE(HasReason(CheckFrozen(Family(3), Family(2)), Reason::STALE_VERSION));
  HouseholdVersion other = Family(3);
  other.household_id = "H-2";
  EXPECT_TRUE(HasReason(CheckFrozen(Family(3), other), Reason::AUTH_SCOPE));
}

TEST(HouseholdVersions, CountUpWithEachChange) {
  EXPECT_EQ(Freeze(std::nullopt, Family(0), "")->version, 1);
  const std::string ours = Family(0).members_mac;
  EXPECT_EQ(Freeze(Family(4), Family(0), ours)->version, 4);
  EXPECT_EQ(Freeze(Family(4), Family(0), "")->version, 4) << "a new authorisation of the same family";
  EXPECT_EQ(Freeze(Family(4), Family(0, Members(), "employed since"), ours)->version, 5);
}

TEST(HouseholdVersions, OtherMembersNeedANewAuthorisation) {
  const std::string ours = Family(0).members_mac;
  for (const auto& members : OtherFamilies()) {
    EXPECT_TRUE(HasReason(Freeze(Family(4), Family(0, members), ours).status(), Reason::AUTH_SCOPE));
    EXPECT_EQ(Freeze(Family(4), Family(0, members), "")->version, 5);
    // The authorisation of the family as it was is of no use any more, also for that family.
    EXPECT_TRUE(HasReason(Freeze(Family(5, members), Family(0), ours).status(), Reason::STALE_VERSION));
  }
}

}  // namespace
}  // namespace chuanyu::family_economy
