// What the machine proposes about a household: 低保 and its amount, 低保边缘, 渐退, 单人保, or none of them,
// with every rule applied, its source and its numbers, so that a person can recompute it (domain page §4.4).
// A proposal decides nothing: a named officer does (PIPL §24).
//
//   CHUANYU_ASSIGN_OR_RETURN(const Proposal proposal, Assess(input, policy));
//
// Whole numbers only: money in fen, ratios in basis points, averages in twelfths of a fen until the last
// step. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/class_result.pb.h"
#include "common/calendar/date.h"
#include "services/family_economy/rules/assessment_policy.h"

namespace chuanyu::family_economy {

// GB/T 26341-2010: type 1 to 7, grade 1 (heaviest) to 4. Type 7 多重 is given by the pairs it is made of.
struct DisabilityPair {
  int type = 0;
  int grade = 0;
};

// 重残, 民发〔2021〕57号 §8: grades 1 and 2, and grade 3 of 智力 (5) and 精神 (6).
inline bool IsSevere(const DisabilityPair& pair) {
  return pair.grade == 1 || pair.grade == 2 || (pair.grade == 3 && (pair.type == 5 || pair.type == 6));
}

// One member who counts (rules/household.h). No personal data: the id is the household's own.
struct AssessedMember {
  std::string id;
  std::vector<DisabilityPair> disabilities;
  bool serious_illness = false;         // 重病, by the region's list
  bool in_dibao = false;                // is in 低保 now, and was when the employment began
  std::optional<Month> employed_since;  // first month of the present employment
};

// Net income of a member in a month; a loss is 0.
struct IncomeEntry {
  std::string member_id;
  IncomeKind kind = IncomeKind::kWage;
  Month month;
  int64_t net_fen = 0;
};

// An expense claimed, with its proof seen by a person.
struct DeductionClaim {
  std::string member_id;
  DeductionKind kind = DeductionKind::kEmploymentCost;
  Month month;
  int64_t fen = 0;
};

struct PropertyFact {
  std::string member_id;
  PropertyKind kind = PropertyKind::kFinancial;
  int64_t quantity = 0;  // fen for FINANCIAL, number of things for the others
};

struct CheckedClass {
  std::string member_id;
  v1::DataClass data_class = v1::DATA_CLASS_UNSPECIFIED;
  v1::ResultState state = v1::RESULT_STATE_UNSPECIFIED;
};

// The family is in 低保 now.
struct CurrentDibao {
  int64_t amount_fen_month = 0;
  std::optional<Month> exit_from;  // first month of 渐退, when it has begun
};

enum class ManualReason {
  kIncomeEqualsStandard,  // a family in 低保 at exactly I = S·n: the rules leave a gap
  kIncomeUndecided,       // an income of a kind of which no rule says whether it counts
  kDeductionUndecided,    // a claim of a kind of which no rule says how much is taken off
  kPropertyToReview,      // property above what a machine may pass
  kDeathRecorded,         // a member is recorded as dead: the household is not what was declared
  kFindingsUnsettled,     // duplicates or discrepancies (rules/findings.h) that no officer has settled
  kNoPolicy,              // the policy has no parameters for the day
  kNoStandard,            // nor a standard for the place, the kind of household and the day
  kMembershipUndecided,   // of somebody it is not known, or the rules do not say, whether he counts
  kCurrentUnconfirmed,    // 低保 is declared as being paid and no register says so, or the other way round
  kNoRules,               // there are no rules here for this kind of assistance
  kNotComputable,         // a number is out of range
};
std::string NameOf(ManualReason reason);  // "INCOME_EQUALS_STANDARD"

struct AssessmentInput {
  std::string place;  // division code of the deciding county: its standard applies
  v1::HouseholdType household_type = v1::HOUSEHOLD_TYPE_UNSPECIFIED;
  Date as_of;
  std::vector<AssessedMember> members;  // those who count, 1 to 30
  std::vector<IncomeEntry> incomes;     // entries outside the windows of the policy are ignored
  std::vector<DeductionClaim> deductions;
  std::vector<PropertyFact> property;
  std::vector<CheckedClass> classes;
  std::optional<CurrentDibao> current;
  // What is known already to need a person, whatever the numbers say.
  std::set<ManualReason> manual_reasons;
};

enum class ProposalKind {
  kDibao,        // 低保
  kEdge,         // 低保边缘; see single_persons
  kGradualExit,  // 渐退: what is paid goes on until exit_until
  kNotEligible,
  kManual,      // a person must decide; see manual_reasons
  kIncomplete,  // something that is needed was not checked; see missing
};
std::string NameOf(ProposalKind kind);  // "DIBAO"

// One rule as it was applied. Months are numbers such as 202603.
struct AppliedRule {
  using Numbers = std::vector<std::pair<std::string, int64_t>>;
  std::string id;         // "INCOME.WAGE"
  std::string source;     // law or document
  std::string member_id;  // empty: the household
  Numbers inputs;
  Numbers outputs;
};

// 单人保: a member of a 边缘 family who may be covered alone.
struct SinglePerson {
  std::string member_id;
  std::optional<int64_t> amount_fen_month;  // absent: the region's rule for it was not found
};

struct Proposal {
  ProposalKind kind = ProposalKind::kIncomplete;
  int64_t standard_fen_month = 0;  // S; 0 when there is none
  int64_t members = 0;             // n
  int64_t income_twelfths = 0;     // 12·I, exact: comparisons use it
  int64_t income_fen_month = 0;    // I without its fraction of a fen, in the family's favour
  // DIBAO: S·n - I. GRADUAL_EXIT: what is paid now.
  std::optional<int64_t> amount_fen_month;
  std::optional<Month> exit_until;  // GRADUAL_EXIT: the last month paid
  std::vector<SinglePerson> single_persons;
  std::vector<ManualReason> manual_reasons;
  std::vector<std::pair<std::string, v1::DataClass>> missing;  // member and class
  // The source does not confirm the standard for this day: an officer looks it up.
  bool standard_unconfirmed = false;
  std::string policy_version;
  std::vector<AppliedRule> rules;  // in the order of computation
};

// kManual with kNoPolicy or kNoStandard where the policy says nothing: a parameter is never guessed.
// BAD_REQUEST, naming the field: no or too many members, an id twice or unknown, a negative amount, amounts
// too large. ORG_NOT_COMPETENT: `place` is in another region.
absl::StatusOr<Proposal> Assess(const AssessmentInput& input, const AssessmentPolicy& policy);

// 就业 disregard: wages and business income of `month` count 0. `disregard_months` from the month of
// employment on, that month included.
bool IsDisregarded(const AssessedMember& member, Month month, int disregard_months);

}  // namespace chuanyu::family_economy
