// Who belongs to a family that is assessed, whether it is still the same family, and where registers
// contradict what it declared. Sources: 重庆市城乡居民最低生活保障条例 §11, 民发〔2021〕57号 (domain page
// §4.1, §4.6); where the two differ the region's policy file decides. Results hold no personal data: members
// go by the id that the household gave them. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "chuanyu/family_economy/v1/class_result.pb.h"
#include "services/family_economy/rules/assessment_policy.h"

namespace chuanyu::family_economy {

// --- Membership.

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

// --- Versions. The members of a family are frozen while it is checked (domain page §4.6).

struct FrozenMember {
  std::string member_id;
  std::string person_index;  // blind index, to compare only
  std::string relation;
  friend auto operator<=>(const FrozenMember&, const FrozenMember&) = default;
};

struct HouseholdVersion {
  std::string household_id;
  int64_t version = 0;  // goes up with each change of the household
  std::vector<FrozenMember> members;
};

enum class HouseholdChange {
  kNone,
  kFacts,    // a newer version with the same members: the check goes on
  kMembers,  // other members or relations: the check is stale, and the authorisation does not cover the
             // family
};
HouseholdChange Compare(const HouseholdVersion& frozen, const HouseholdVersion& now);

// OK while answers for `frozen` may be stored and reported. STALE_VERSION when the members changed, or `now`
// is older than what was frozen (restored from a backup); AUTH_SCOPE when it is another household.
absl::Status CheckFrozen(const HouseholdVersion& frozen, const HouseholdVersion& now);

// --- What was declared and what was found.

struct Benefit {
  std::string region;  // 6 digits
  v1::AssistanceType type = v1::ASSISTANCE_TYPE_UNSPECIFIED;
  friend auto operator<=>(const Benefit&, const Benefit&) = default;
};

struct DeclaredFacts {
  std::string member_id;
  std::string marital_code;       // GB/T 2261.2; empty or 90: declares nothing
  std::vector<Benefit> benefits;  // being paid, as declared
  std::optional<int64_t> income_fen_month;
};

// What registers say of a member; nothing where they were not checked: unknown contradicts nobody.
struct FoundFacts {
  std::string member_id;
  std::string region;  // whose registers, 6 digits
  std::optional<std::string> marital_code;
  std::optional<bool> deceased;
  std::optional<std::vector<Benefit>> benefits;
  std::optional<int64_t> income_fen_month;
};

struct FoundHousehold {
  std::string region;
  std::vector<std::string> person_indexes;  // blind indexes of all in the same household register
};

// How far an income may differ before it is a discrepancy: the larger of the two.
struct Tolerance {
  int64_t fen_month = 0;
  int bp = 0;  // of the declared income
};

enum class DiscrepancyType {
  kMaritalStatus,
  kDeceased,
  kUndeclaredBenefit,
  kIncomeHigher,
  kIncomeLower,
  kMemberNotRegistered,  // declared, but not in the household register
  kPersonNotDeclared,    // in the household register, but not declared; tells how many, not who
};

struct TypedDiscrepancy {
  std::string member_id;  // empty for kPersonNotDeclared
  DiscrepancyType type = DiscrepancyType::kMaritalStatus;
  std::string region;  // whose register differs
  std::string declared_code;
  std::string found_code;                  // a code of the type's code list
  std::optional<int64_t> declared_number;  // fen a month; persons
  std::optional<int64_t> found_number;
  friend bool operator==(const TypedDiscrepancy&, const TypedDiscrepancy&) = default;
};

// Ordered as `found`. Members who were found but not declared at all are ignored: they have no declaration.
std::vector<TypedDiscrepancy> CompareFacts(const std::vector<DeclaredFacts>& declared,
                                           const std::vector<FoundFacts>& found, const Tolerance& tolerance);

// Membership against a household register (A01).
std::vector<TypedDiscrepancy> CompareMembers(const HouseholdVersion& declared, const FoundHousehold& found);

}  // namespace chuanyu::family_economy
