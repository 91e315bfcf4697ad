// The parameters of a region's assessments, by date: standards, what counts as income, deductions, property
// limits, bands, time limits, tiers of re-checks (domain page §1.1, §4.3 to §4.5). One TOML file a region,
// deploy/policy/assessment/<region>.toml; every group of parameters names the law or document it comes from.
//
// What a file does not say is an error and never a default, and what no document was found for is written
// UNDECIDED, which leads to MANUAL wherever it matters: a machine that guesses a parameter decides a family's
// income. Immutable once loaded, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/household.pb.h"
#include "common/calendar/date.h"
#include "common/calendar/month.h"
#include "common/calendar/time_limit.h"
#include "common/policy/period.h"
#include "services/family_economy/rules/assessment_codes.h"

namespace chuanyu::family_economy {

enum class Answer { kNo, kYes, kUndecided };

// 低保标准 a person and month.
struct Standard {
  std::string place;  // county, prefecture or region, 6 digits
  v1::HouseholdType household = v1::HOUSEHOLD_TYPE_UNSPECIFIED;
  DateSpan in_force;
  int64_t fen_month = 0;
  // Last day up to which the source confirms it; proposals for later days carry a caution.
  std::optional<Date> confirmed_to;
  std::string source;
};

struct IncomeRule {
  IncomeKind kind = IncomeKind::kWage;
  Answer counted = Answer::kUndecided;
  // Months before the month of assessment whose average is one month's income. Divides 12, so that averages
  // of different windows add up exactly in twelfths of a fen.
  int window_months = 1;
  std::string source;
};

struct DeductionRule {
  DeductionKind kind = DeductionKind::kEmploymentCost;
  Answer allowed = Answer::kUndecided;
  // Months before the month of assessment whose average is taken, as for incomes.
  int window_months = 1;
  int64_t max_fen_month = 0;  // for each member
  // 就业成本 and 供养费用 at most so much of the member's counted income they belong to; 0 to 10000.
  int max_share_bp = 10'000;
  std::string source;
};

struct PropertyRule {
  enum class Excess { kExcludes, kManual };
  PropertyKind kind = PropertyKind::kFinancial;
  // FINANCIAL: so many months of the household's S·n. Others: so many things.
  int64_t max = 0;
  Excess above = Excess::kManual;
  std::string source;
};

// 低保边缘 below edge_upper_bp of the standard (15000: 1.5 times), 渐退 between the standard and
// exit_upper_bp.
struct BandRules {
  int edge_upper_bp = 0;
  int exit_upper_bp = 0;
  int exit_months = 0;
  // The first month kept is the one after the assessment, or the assessment's own.
  bool exit_starts_next_month = true;
  std::string source;
};

// 单人保.
struct SinglePersonRules {
  enum class Amount { kFullStandard, kStandardMinusOwnIncome, kUndecided };
  bool allowed = false;
  Amount amount = Amount::kUndecided;
  std::string source;
};

// Who is no member although the family names the person, 重庆低保条例 §11 and 民发〔2021〕57号.
struct MembershipRules {
  int clergy_away_months = 0;  // 宗教教职人员: away from the family for so long
  Answer soldier_unmarried = Answer::kUndecided;
  Answer prisoner = Answer::kUndecided;
  Answer compulsory_rehab = Answer::kUndecided;      // 强制隔离戒毒
  Answer declared_missing = Answer::kUndecided;      // 宣告失踪
  Answer postgraduate_student = Answer::kUndecided;  // kYes: an adult student beyond 本科 is a member
  std::string source;
};

// Months between re-checks, 重庆低保条例 §26 and 民发〔2021〕57号: 1, 3, 6 or 12, because batches have no
// other tiers.
struct ReviewRules {
  int severe_stable_months = 0;  // 重病, 重残, income stable
  int stable_months = 0;         // members and income stable
  int idle_urban_months = 0;     // able-bodied, unemployed
  int idle_rural_months = 0;
  int other_months = 0;
  // Who is able to work: from so many to so many completed years, both included.
  int work_age_from = 0;
  int work_age_to = 0;
  std::string source;
};

struct ProcedureRules {
  Limit survey;         // town starts the survey after acceptance
  Limit check_start;    // county starts the check after being asked
  Limit notice;         // 公示
  Limit renotice;       // 再次公示
  Limit decision;       // county decides
  Limit refusal;        // refusal told
  Limit whole;          // acceptance to decision
  Limit whole_special;  // the same where a special survey is needed
  bool whole_excludes_notice = false;
  bool paid_from_next_month = true;  // else from the month of approval
  Limit departments;                 // answers of other departments
  Limit banks;                       // answers in class A14
  int reminder_bp = 0;               // of a limit: then the first reminder
  std::string source;
};

// Everything that holds in one span of days.
struct PolicyPeriod {
  DateSpan in_force;
  std::vector<v1::DataClass> needed_classes;  // without them there is no proposal
  std::string needed_source;
  std::vector<IncomeRule> income;         // one of each kind
  std::vector<DeductionRule> deductions;  // one of each kind
  std::vector<PropertyRule> property;     // one of each kind
  int disregard_months = 0;               // 就业: wages and business income of so many months count 0
  std::string disregard_source;
  BandRules bands;
  SinglePersonRules single_person;
  MembershipRules membership;
  ReviewRules review;
  ProcedureRules procedure;

  const IncomeRule& RuleOf(IncomeKind kind) const { return income.at(static_cast<size_t>(kind)); }
  const DeductionRule& RuleOf(DeductionKind kind) const { return deductions.at(static_cast<size_t>(kind)); }
  const PropertyRule& RuleOf(PropertyKind kind) const { return property.at(static_cast<size_t>(kind)); }
};

class AssessmentPolicy {
 public:
  // CONFIG_INVALID, naming the place in the file: a key missing, unknown or out of range, a kind without rule
  // or with two, days that no period or standard covers between two that do, or that two cover.
  static absl::StatusOr<AssessmentPolicy> Load(const std::string& path);
  // The same of `toml`; errors call it `name`.
  static absl::StatusOr<AssessmentPolicy> Parse(const std::string& toml, const std::string& name);

  // CONFIG_INVALID when nothing is in force on `day`.
  absl::StatusOr<const PolicyPeriod*> PeriodOn(Date day) const;
  // The standard of the county `place` (6, 9 or 12 digits), else of its prefecture, else of the region.
  // CONFIG_INVALID when there is none: a standard is never guessed, nor taken from another day.
  absl::StatusOr<const Standard*> StandardOn(const std::string& place, v1::HouseholdType household,
                                             Date day) const;

  const std::string& region() const { return region_; }
  const std::string& version() const { return version_; }
  const std::vector<PolicyPeriod>& periods() const { return periods_; }
  const std::vector<Standard>& standards() const { return standards_; }

 private:
  friend class AssessmentPolicyReader;
  AssessmentPolicy() = default;

  std::string region_;
  std::string version_;
  std::vector<Standard> standards_;    // of each place and household by day
  std::vector<PolicyPeriod> periods_;  // by day
};

}  // namespace chuanyu::family_economy
