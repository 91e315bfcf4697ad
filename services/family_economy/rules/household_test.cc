#include "services/family_economy/rules/household.h"

#include <limits>

#include "gmock/gmock.h"
#include "services/family_economy/rules/assessment_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using M = Membership;
using Why = MembershipReason;

constexpr char kChongqing[] = "500000";
constexpr char kSichuan[] = "510000";

MembershipRules RulesOf(const char* region) {
  const auto policy = AssessmentPolicy::Load(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/assessment/" +
                                             region + ".toml");
  return (*policy->PeriodOn(Date(2026, 3, 1)))->membership;
}

MembershipDecision Decide(const PersonFacts& person, const MembershipRules& rules) {
  return DecideMembership({person}, rules).at(0);
}

TEST(Membership, ByRelationAgeAndDependence) {
  struct Row {
    PersonFacts person;
    M membership;
    Why why;
  };
  const Row rows[] = {
      {{.relation = "01"}, M::kMember, Why::kApplicant},
      {{.relation = "10", .lives_together = false}, M::kMember, Why::kSpouse},
      {{.relation = "11"}, M::kMember, Why::kSpouse},
      {{.relation = "12"}, M::kMember, Why::kSpouse},
      {{.relation = "20", .adult = false, .lives_together = false}, M::kMember, Why::kMinorChild},
      {{.relation = "37", .adult = false}, M::kMember, Why::kMinorChild},
      {{.relation = "30"}, M::kManual, Why::kAgeUnknown},
      {{.relation = "20", .adult = true, .can_live_independently = false},
       M::kMember,
       Why::kAdultChildDependent},
      {{.relation = "30", .adult = true, .study = Study::kUpToBachelor}, M::kMember, Why::kAdultChildStudent},
      {{.relation = "30", .adult = true}, M::kNotMember, Why::kIndependent},
      {{.relation = "30", .adult = true, .duty_of_support = true}, M::kMember, Why::kSupportedHere},
      {{.relation = "30", .adult = true, .lives_together = false, .duty_of_support = true},
       M::kNotMember,
       Why::kIndependent},
      // 女婿 and 儿媳 are no children; parents and grandchildren count with a duty of support, living
      // together.
      {{.relation = "28", .adult = false}, M::kNotMember, Why::kNotSharing},
      {{.relation = "38", .adult = true, .duty_of_support = true}, M::kMember, Why::kSupportedHere},
      {{.relation = "52", .adult = true, .duty_of_support = true}, M::kMember, Why::kSupportedHere},
      {{.relation = "51", .adult = true, .lives_together = false, .duty_of_support = true},
       M::kNotMember,
       Why::kNotSharing},
      {{.relation = "99", .adult = true}, M::kNotMember, Why::kNotSharing},
  };
  for (const Row& row : rows) {
    for (const char* region : {kChongqing, kSichuan}) {
      const MembershipDecision decision = Decide(row.person, RulesOf(region));
      EXPECT_EQ(decision.membership, row.membership) << row.person.relation << " " << region;
      EXPECT_EQ(decision.reason, row.why) << row.person.relation << " " << NameOf(decision.reason);
    }
  }
}

// 重庆条例 §11 against the national text; what one of them does not say goes to a person.
TEST(Membership, ExclusionsDifferByRegion) {
  struct Row {
    PersonFacts person;
    M chongqing;
    M sichuan;
    Why why;
  };
  const Row rows[] = {
      {{.relation = "20", .adult = true, .can_live_independently = false, .soldier = true},
       M::kNotMember,
       M::kManual,
       Why::kSoldier},
      {{.relation = "10", .clergy_away_months = 12}, M::kNotMember, M::kMember, Why::kClergy},
      {{.relation = "10", .clergy_away_months = 35}, M::kNotMember, M::kMember, Why::kClergy},
      {{.relation = "10", .clergy_away_months = 36}, M::kNotMember, M::kNotMember, Why::kClergy},
      {{.relation = "10", .clergy_away_months = 11}, M::kMember, M::kMember, Why::kSpouse},
      {{.relation = "10", .prisoner = true}, M::kNotMember, M::kNotMember, Why::kPrisoner},
      {{.relation = "10", .compulsory_rehab = true}, M::kManual, M::kNotMember, Why::kCompulsoryRehab},
      {{.relation = "10", .declared_missing = true}, M::kManual, M::kNotMember, Why::kDeclaredMissing},
      // Certain before undecided.
      {{.relation = "10", .prisoner = true, .declared_missing = true},
       M::kNotMember,
       M::kNotMember,
       Why::kPrisoner},
      {{.relation = "10", .married = true, .soldier = true}, M::kMember, M::kMember, Why::kSpouse},
      {{.relation = "30", .adult = true, .study = Study::kPostgraduate},
       M::kManual,
       M::kNotMember,
       Why::kAdultChildStudent},
  };
  for (const Row& row : rows) {
    const MembershipDecision chongqing = Decide(row.person, RulesOf(kChongqing));
    EXPECT_EQ(chongqing.membership, row.chongqing) << NameOf(row.why);
    EXPECT_EQ(chongqing.reason, row.why) << NameOf(chongqing.reason);
    EXPECT_EQ(Decide(row.person, RulesOf(kSichuan)).membership, row.sichuan) << NameOf(row.why);
  }
}

TEST(Membership, OfAnApplicantWhoWouldBeExcludedIsForAPerson) {
  for (const char* region : {kChongqing, kSichuan}) {
    const MembershipDecision decision = Decide({.relation = "01", .prisoner = true}, RulesOf(region));
    EXPECT_EQ(decision.membership, M::kManual);
    EXPECT_EQ(decision.reason, Why::kApplicantExcluded);
  }
}

HouseholdVersion Family(int64_t version) {
  return {.household_id = "H-1",
          .version = version,
          .members = {{"P01", "index-1", "01"}, {"P02", "index-2", "10"}, {"P03", "index-3", "20"}}};
}

TEST(HouseholdVersions, MembersAreFrozenDuringACheck) {
  EXPECT_EQ(Compare(Family(3), Family(3)), HouseholdChange::kNone);
  EXPECT_EQ(Compare(Family(3), Family(4)), HouseholdChange::kFacts);
  EXPECT_TRUE(CheckFrozen(Family(3), Family(4)).ok());

  HouseholdVersion reordered = Family(3);
  std::swap(reordered.members[0], reordered.members[2]);
  EXPECT_EQ(Compare(Family(3), reordered), HouseholdChange::kNone);

  std::vector<HouseholdVersion> changed(4, Family(4));
  changed[0].members.pop_back();
  changed[1].members.push_back({"P04", "index-4", "30"});
  changed[2].members[1].relation = "99";
  changed[3].members[1].person_index = "index-9";  // another person under the same id
  for (const HouseholdVersion& now : changed) {
    EXPECT_EQ(Compare(Family(3), now), HouseholdChange::kMembers);
    EXPECT_TRUE(HasReason(CheckFrozen(Family(3), now), Reason::STALE_VERSION));
  }
}

TEST(HouseholdVersions, AnOlderOneOrAnotherHouseholdIsRefused) {
  EXPECT_TRUE(HasReason(CheckFrozen(Family(3), Family(2)), Reason::STALE_VERSION));
  HouseholdVersion other = Family(3);
  other.household_id = "H-2";
  EXPECT_TRUE(HasReason(CheckFrozen(Family(3), other), Reason::AUTH_SCOPE));
}

TEST(Discrepancies, OfMaritalStatus) {
  struct Row {
    const char* declared;
    std::optional<std::string> found;
    bool differs;
  };
  for (const Row& row :
       {Row{"20", "22", false}, Row{"10", "20", true}, Row{"40", "30", true}, Row{"90", "20", false},
        Row{"", "20", false}, Row{"20", "90", false}, Row{"20", std::nullopt, false}}) {
    const auto found =
        CompareFacts({{.member_id = "P01", .marital_code = row.declared}},
                     {{.member_id = "P01", .region = kSichuan, .marital_code = row.found}}, {});
    ASSERT_THAT(found, SizeIs(row.differs ? 1 : 0)) << row.declared;
    if (!row.differs) continue;
    EXPECT_EQ(found[0], (TypedDiscrepancy{.member_id = "P01",
                                          .type = DiscrepancyType::kMaritalStatus,
                                          .region = kSichuan,
                                          .declared_code = row.declared,
                                          .found_code = *row.found}));
  }
}

TEST(Discrepancies, OfDeathAndBenefits) {
  const Benefit own{kChongqing, v1::ASSISTANCE_TYPE_DIBAO_URBAN};
  const Benefit other{kSichuan, v1::ASSISTANCE_TYPE_DIBAO_RURAL};
  const std::vector<DeclaredFacts> declared = {{.member_id = "P01", .benefits = {own}}};
  const FoundFacts found{
      .member_id = "P01", .region = kSichuan, .deceased = true, .benefits = std::vector<Benefit>{own, other}};
  EXPECT_THAT(
      CompareFacts(declared, {found}, {}),
      ElementsAre(
          TypedDiscrepancy{.member_id = "P01", .type = DiscrepancyType::kDeceased, .region = kSichuan},
          TypedDiscrepancy{.member_id = "P01",
                           .type = DiscrepancyType::kUndeclaredBenefit,
                           .region = kSichuan,
                           .found_code = "ASSISTANCE_TYPE_DIBAO_RURAL"}));
  // Not checked contradicts nobody; neither does a living person, nor somebody without declaration.
  EXPECT_THAT(CompareFacts(declared, {{.member_id = "P01", .region = kSichuan}}, {}), IsEmpty());
  EXPECT_THAT(CompareFacts(declared, {{.member_id = "P01", .deceased = false}}, {}), IsEmpty());
  EXPECT_THAT(CompareFacts(declared, {{.member_id = "P07", .deceased = true}}, {}), IsEmpty());
}

TEST(Discrepancies, OfIncomeBeyondTheTolerance) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  struct Row {
    int64_t declared;
    int64_t found;
    Tolerance tolerance;
    std::optional<DiscrepancyType> type;
  };
  for (const Row& row :
       {Row{100'000, 100'000, {}, {}}, Row{100'000, 100'001, {}, DiscrepancyType::kIncomeHigher},
        Row{100'000, 99'999, {}, DiscrepancyType::kIncomeLower}, Row{100'000, 110'000, {0, 1'000}, {}},
        Row{100'000, 110'001, {0, 1'000}, DiscrepancyType::kIncomeHigher}, Row{0, 5'000, {5'000, 1'000}, {}},
        Row{0, 5'001, {5'000, 1'000}, DiscrepancyType::kIncomeHigher},
        Row{0, kMost, {0, 10'000}, DiscrepancyType::kIncomeHigher},
        Row{kMost, 0, {0, 1}, DiscrepancyType::kIncomeLower}}) {
    const auto found = CompareFacts({{.member_id = "P01", .income_fen_month = row.declared}},
                                    {{.member_id = "P01", .income_fen_month = row.found}}, row.tolerance);
    ASSERT_THAT(found, SizeIs(row.type ? 1 : 0)) << row.declared << " " << row.found;
    if (!row.type) continue;
    EXPECT_EQ(found[0].type, *row.type);
  }
}

TEST(Discrepancies, OfMembersTellHowManyAndNotWho) {
  EXPECT_THAT(CompareMembers(Family(1), {kSichuan, {"index-1", "index-2", "index-3"}}), IsEmpty());
  const auto found = CompareMembers(Family(1), {kSichuan, {"index-1", "index-3", "index-8", "index-9"}});
  EXPECT_THAT(found, ElementsAre(TypedDiscrepancy{.member_id = "P02",
                                                  .type = DiscrepancyType::kMemberNotRegistered,
                                                  .region = kSichuan},
                                 TypedDiscrepancy{.type = DiscrepancyType::kPersonNotDeclared,
                                                  .region = kSichuan,
                                                  .declared_number = 3,
                                                  .found_number = 4}));
  for (const TypedDiscrepancy& one : found) {
    EXPECT_EQ(one.found_code.find("index"), std::string::npos);
    EXPECT_EQ(one.member_id.find("index"), std::string::npos);
  }
}

}  // namespace
}  // namespace chuanyu::family_economy
