#include "services/family_economy/rules/household.h"

#include "gtest/gtest.h"
#include "services/family_economy/rules/assessment_testing.h"

namespace chuanyu::family_economy {
namespace {

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

}  // namespace
}  // namespace chuanyu::family_economy
