#include "services/family_economy/rules/household.h"

#include <array>

namespace chuanyu::family_economy {
namespace {

using Why = MembershipReason;

struct Exclusion {
  bool PersonFacts::*holds;
  Answer MembershipRules::*rule;
  MembershipReason reason;
};

constexpr std::array<Exclusion, 3> kExclusions = {
    {{&PersonFacts::prisoner, &MembershipRules::prisoner, Why::kPrisoner},
     {&PersonFacts::compulsory_rehab, &MembershipRules::compulsory_rehab, Why::kCompulsoryRehab},
     {&PersonFacts::declared_missing, &MembershipRules::declared_missing, Why::kDeclaredMissing}}};

struct Excluded {
  Answer answer = Answer::kNo;
  MembershipReason reason = Why::kNotSharing;
};

// The clearest exclusion that applies: one that is certain before one that is UNDECIDED.
Excluded FindExclusion(const PersonFacts& person, const MembershipRules& rules) {
  std::vector<Excluded> all;
  for (const Exclusion& exclusion : kExclusions) {
    if (person.*exclusion.holds) all.push_back({rules.*exclusion.rule, exclusion.reason});
  }
  if (person.soldier && !person.married) all.push_back({rules.soldier_unmarried, Why::kSoldier});
  if (person.clergy_away_months >= rules.clergy_away_months) all.push_back({Answer::kYes, Why::kClergy});
  for (const Answer answer : {Answer::kYes, Answer::kUndecided}) {
    for (const Excluded& one : all) {
      if (one.answer == answer) return one;
    }
  }
  return {};
}

bool IsSpouse(const std::string& relation) {
  return relation == "10" || relation == "11" || relation == "12";
}

// 20 to 27 子, 30 to 37 女; 28 女婿 and 38 儿媳 are no children.
bool IsChild(const std::string& relation) {
  return (relation >= "20" && relation <= "27") || (relation >= "30" && relation <= "37");
}

MembershipDecision Decide(const PersonFacts& person, Membership membership, MembershipReason reason) {
  return {.member_id = person.member_id, .membership = membership, .reason = reason};
}

MembershipDecision DecideOther(const PersonFacts& person, MembershipReason otherwise) {
  if (person.lives_together && person.duty_of_support) {
    return Decide(person, Membership::kMember, Why::kSupportedHere);
  }
  return Decide(person, Membership::kNotMember, otherwise);
}

MembershipDecision DecideChild(const PersonFacts& person, const MembershipRules& rules) {
  if (!person.adult) return Decide(person, Membership::kManual, Why::kAgeUnknown);
  if (!*person.adult) return Decide(person, Membership::kMember, Why::kMinorChild);
  if (!person.can_live_independently) {
    return Decide(person, Membership::kMember, Why::kAdultChildDependent);
  }
  if (person.study == Study::kUpToBachelor) {
    return Decide(person, Membership::kMember, Why::kAdultChildStudent);
  }
  if (person.study == Study::kPostgraduate && rules.postgraduate_student != Answer::kNo) {
    const bool yes = rules.postgraduate_student == Answer::kYes;
    return Decide(person, yes ? Membership::kMember : Membership::kManual, Why::kAdultChildStudent);
  }
  return DecideOther(person, Why::kIndependent);
}

MembershipDecision DecideOne(const PersonFacts& person, const MembershipRules& rules) {
  const Excluded excluded = FindExclusion(person, rules);
  if (excluded.answer != Answer::kNo) {
    if (person.relation == "01") return Decide(person, Membership::kManual, Why::kApplicantExcluded);
    const bool yes = excluded.answer == Answer::kYes;
    return Decide(person, yes ? Membership::kNotMember : Membership::kManual, excluded.reason);
  }
  if (person.relation == "01") return Decide(person, Membership::kMember, Why::kApplicant);
  if (IsSpouse(person.relation)) return Decide(person, Membership::kMember, Why::kSpouse);
  if (IsChild(person.relation)) return DecideChild(person, rules);
  return DecideOther(person, Why::kNotSharing);
}

}  // namespace

std::string NameOf(MembershipReason reason) {
  constexpr std::array<const char*, 15> kNames = {"APPLICANT",
                                                  "SPOUSE",
                                                  "MINOR_CHILD",
                                                  "ADULT_CHILD_DEPENDENT",
                                                  "ADULT_CHILD_STUDENT",
                                                  "SUPPORTED_HERE",
                                                  "INDEPENDENT",
                                                  "NOT_SHARING",
                                                  "SOLDIER",
                                                  "CLERGY",
                                                  "PRISONER",
                                                  "COMPULSORY_REHAB",
                                                  "DECLARED_MISSING",
                                                  "AGE_UNKNOWN",
                                                  "APPLICANT_EXCLUDED"};
  return kNames.at(static_cast<size_t>(reason));
}

std::vector<MembershipDecision> DecideMembership(const std::vector<PersonFacts>& persons,
                                                 const MembershipRules& rules) {
  std::vector<MembershipDecision> decisions;
  for (const PersonFacts& person : persons) decisions.push_back(DecideOne(person, rules));
  return decisions;
}

}  // namespace chuanyu::family_economy
