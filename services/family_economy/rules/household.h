// Who belongs to a family that is assessed. Sources: 重庆市城乡居民最低生活保障条例 §11, 民发〔2021〕57号
// (domain page §4.1); where the two differ the region's policy file decides. Results hold no personal data:
// members go by the id that the household gave them. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/family_economy/rules/assessment_policy.h"

namespace chuanyu::family_economy {

// 全日制 education of an adult.
enum class Study { kNone, kUpToBachelor, kPostgraduate };

struct PersonFacts {
  std::string member_id;
  std::string relation;       // to the applicant, GB/T 4761-2008
  std::optional<bool> adult;  // nothing: the age is not known
  bool married = false;
  Study study = Study::kNone;
  bool can_live_independently = true;  // of an adult child
  bool lives_together = true;
  bool duty_of_support = false;   // 赡养, 扶养 or 抚养 between this person and the family
  bool soldier = false;           // 现役军人
  int clergy_away_months = 0;     // 宗教教职人员: consecutive months away from the family; 0 for others
  bool prisoner = false;          // 服刑
  bool compulsory_rehab = false;  // 强制隔离戒毒
  bool declared_missing = false;  // 宣告失踪
};

enum class Membership { kMember, kNotMember, kManual };

enum class MembershipReason {
  kApplicant,
  kSpouse,
  kMinorChild,
  kAdultChildDependent,  // 已成年但不能独立生活的子女
  kAdultChildStudent,    // 在校
  kSupportedHere,        // others living together with a duty of support
  kIndependent,          // an adult child on its own
  kNotSharing,           // does not live with the family, or owes and is owed nothing
  kSoldier,
  kClergy,
  kPrisoner,
  kCompulsoryRehab,
  kDeclaredMissing,
  kAgeUnknown,
  kApplicantExcluded,  // the applicant would be no member: who applies then is for a person to find out
};
std::string NameOf(MembershipReason reason);  // "MINOR_CHILD"

struct MembershipDecision {
  std::string member_id;
  Membership membership = Membership::kManual;
  MembershipReason reason = MembershipReason::kAgeUnknown;
};

// In the order of `persons`. An exclusion that the region's file leaves UNDECIDED gives kManual.
std::vector<MembershipDecision> DecideMembership(const std::vector<PersonFacts>& persons,
                                                 const MembershipRules& rules);

}  // namespace chuanyu::family_economy
