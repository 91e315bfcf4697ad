// One period of a policy file.
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "services/family_economy/rules/assessment_policy_file.h"

namespace chuanyu::family_economy::policy_file {
namespace {

absl::StatusOr<Limit> ReadLimit(const Config& parent, const std::string& key) {
  if (!parent.Has(key)) return parent.Invalid(key, "is required");
  CHUANYU_ASSIGN_OR_RETURN(const Config table, parent.Table(key));
  Limit limit;
  CHUANYU_ASSIGN_OR_RETURN(limit.days, ReadInt(table, "days", 1, 2000));
  CHUANYU_ASSIGN_OR_RETURN(limit.unit, ReadWord<Limit::Unit>(table, "unit",
                                                             {{"WORKING", Limit::Unit::kWorkingDays},
                                                              {"NATURAL", Limit::Unit::kNaturalDays}}));
  return limit;
}

absl::StatusOr<int> ReadWindow(const Config& table) {
  CHUANYU_ASSIGN_OR_RETURN(const int months, ReadInt(table, "window_months", 1, 12));
  if (12 % months != 0) return table.Invalid("window_months", "does not divide 12");
  return months;
}

absl::StatusOr<IncomeRule> ReadIncomeRule(const Config& table, IncomeKind kind) {
  IncomeRule rule{.kind = kind};
  CHUANYU_ASSIGN_OR_RETURN(rule.counted, ReadAnswer(table, "counted"));
  CHUANYU_ASSIGN_OR_RETURN(rule.window_months, ReadWindow(table));
  CHUANYU_ASSIGN_OR_RETURN(rule.source, ReadSource(table));
  return rule;
}

absl::StatusOr<DeductionRule> ReadDeductionRule(const Config& table, DeductionKind kind) {
  DeductionRule rule{.kind = kind};
  CHUANYU_ASSIGN_OR_RETURN(rule.allowed, ReadAnswer(table, "allowed"));
  CHUANYU_ASSIGN_OR_RETURN(rule.source, ReadSource(table));
  if (rule.allowed != Answer::kYes) return rule;
  CHUANYU_ASSIGN_OR_RETURN(rule.window_months, ReadWindow(table));
  CHUANYU_ASSIGN_OR_RETURN(rule.max_fen_month, table.Int("max_fen_month", {.min = 1, .max = kMaxFen}));
  const bool of_income = kind == DeductionKind::kEmploymentCost || kind == DeductionKind::kSupportFee;
  if (!of_income) return rule;
  // More than all of an income would pay a family for earning it.
  CHUANYU_ASSIGN_OR_RETURN(rule.max_share_bp, ReadInt(table, "max_share_bp", 1, 10'000));
  return rule;
}

absl::StatusOr<PropertyRule> ReadPropertyRule(const Config& table, PropertyKind kind) {
  PropertyRule rule{.kind = kind};
  const char* const key = kind == PropertyKind::kFinancial ? "max_standard_months" : "max_count";
  CHUANYU_ASSIGN_OR_RETURN(rule.max, table.Int(key, {.min = 0, .max = 1000}));
  CHUANYU_ASSIGN_OR_RETURN(rule.above,
                           ReadWord<PropertyRule::Excess>(table, "above",
                                                          {{"EXCLUDES", PropertyRule::Excess::kExcludes},
                                                           {"MANUAL", PropertyRule::Excess::kManual}}));
  CHUANYU_ASSIGN_OR_RETURN(rule.source, ReadSource(table));
  return rule;
}

// One rule of each kind, whatever their order in the file.
template <typename Rule, typename Kind>
absl::StatusOr<std::vector<Rule>> ReadRules(const Config& period, const std::string& key,
                                            std::span<const Kind> kinds,
                                            std::optional<Kind> (*find)(std::string_view),
                                            absl::StatusOr<Rule> (*read)(const Config&, Kind)) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> tables, period.Tables(key));
  std::vector<std::optional<Rule>> found(kinds.size());
  for (const Config& table : tables) {
    CHUANYU_ASSIGN_OR_RETURN(const std::string name, table.String("kind"));
    const std::optional<Kind> kind = find(name);
    if (!kind) return table.Invalid("kind", "is not a known kind");
    std::optional<Rule>& rule = found.at(static_cast<size_t>(*kind));
    if (rule) return table.Invalid("kind", "has a rule already");
    CHUANYU_ASSIGN_OR_RETURN(rule, read(table, *kind));
  }
  std::vector<Rule> rules;
  for (const Kind kind : kinds) {
    std::optional<Rule>& rule = found.at(static_cast<size_t>(kind));
    if (!rule) return period.Invalid(key, absl::StrCat("has no rule for ", NameOf(kind)));
    rules.push_back(std::move(*rule));
  }
  return rules;
}

absl::Status ReadNeededClasses(const Config& parent, PolicyPeriod& period) {
  CHUANYU_ASSIGN_OR_RETURN(const Config table, parent.Table("needed"));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> codes, table.Strings("classes"));
  CHUANYU_ASSIGN_OR_RETURN(period.needed_source, ReadSource(table));
  const auto* const names = v1::DataClass_descriptor();
  for (const std::string& code : codes) {
    std::optional<v1::DataClass> found;
    for (int at = 1; at < names->value_count(); ++at) {
      if (names->value(at)->name().starts_with("DATA_CLASS_" + code + "_")) {
        found = static_cast<v1::DataClass>(names->value(at)->number());
      }
    }
    if (!found) return table.Invalid("classes", "names a class that is none of A01 to A15");
    if (std::count(period.needed_classes.begin(), period.needed_classes.end(), *found) > 0) {
      return table.Invalid("classes", "names a class twice");
    }
    period.needed_classes.push_back(*found);
  }
  return codes.empty() ? table.Invalid("classes", "is empty") : absl::OkStatus();
}

absl::StatusOr<BandRules> ReadBands(const Config& parent) {
  CHUANYU_ASSIGN_OR_RETURN(const Config table, parent.Table("bands"));
  BandRules bands;
  CHUANYU_ASSIGN_OR_RETURN(bands.edge_upper_bp, ReadInt(table, "edge_upper_bp", 10'000, 100'000));
  CHUANYU_ASSIGN_OR_RETURN(bands.exit_upper_bp, ReadInt(table, "exit_upper_bp", 10'000, 100'000));
  CHUANYU_ASSIGN_OR_RETURN(bands.exit_months, ReadInt(table, "exit_months", 1, 60));
  CHUANYU_ASSIGN_OR_RETURN(bands.exit_starts_next_month, table.Bool("exit_starts_next_month"));
  CHUANYU_ASSIGN_OR_RETURN(bands.source, ReadSource(table));
  return bands;
}

absl::StatusOr<SinglePersonRules> ReadSinglePerson(const Config& parent) {
  using Amount = SinglePersonRules::Amount;
  CHUANYU_ASSIGN_OR_RETURN(const Config table, parent.Table("single_person"));
  SinglePersonRules rules;
  CHUANYU_ASSIGN_OR_RETURN(rules.allowed, table.Bool("allowed"));
  CHUANYU_ASSIGN_OR_RETURN(rules.amount,
                           ReadWord<Amount>(table, "amount",
                                            {{"FULL_STANDARD", Amount::kFullStandard},
                                             {"STANDARD_MINUS_OWN_INCOME", Amount::kStandardMinusOwnIncome},
                                             {"UNDECIDED", Amount::kUndecided}}));
  CHUANYU_ASSIGN_OR_RETURN(rules.source, ReadSource(table));
  return rules;
}

absl::StatusOr<MembershipRules> ReadMembership(const Config& parent) {
  CHUANYU_ASSIGN_OR_RETURN(const Config table, parent.Table("membership"));
  MembershipRules rules;
  CHUANYU_ASSIGN_OR_RETURN(rules.clergy_away_months, ReadInt(table, "clergy_away_months", 1, 600));
  CHUANYU_ASSIGN_OR_RETURN(rules.soldier_unmarried, ReadAnswer(table, "exclude_unmarried_soldier"));
  CHUANYU_ASSIGN_OR_RETURN(rules.prisoner, ReadAnswer(table, "exclude_prisoner"));
  CHUANYU_ASSIGN_OR_RETURN(rules.compulsory_rehab, ReadAnswer(table, "exclude_compulsory_rehab"));
  CHUANYU_ASSIGN_OR_RETURN(rules.declared_missing, ReadAnswer(table, "exclude_declared_missing"));
  CHUANYU_ASSIGN_OR_RETURN(rules.postgraduate_student, ReadAnswer(table, "include_postgraduate_student"));
  CHUANYU_ASSIGN_OR_RETURN(rules.source, ReadSource(table));
  return rules;
}

absl::StatusOr<ReviewRules> ReadReview(const Config& parent) {
  CHUANYU_ASSIGN_OR_RETURN(const Config table, parent.Table("review"));
  ReviewRules rules;
  const std::array<std::pair<const char*, int*>, 5> tiers = {
      {{"severe_stable_months", &rules.severe_stable_months},
       {"stable_months", &rules.stable_months},
       {"idle_urban_months", &rules.idle_urban_months},
       {"idle_rural_months", &rules.idle_rural_months},
       {"other_months", &rules.other_months}}};
  for (const auto& [key, months] : tiers) {
    CHUANYU_ASSIGN_OR_RETURN(*months, ReadInt(table, key, 1, 12));
    const bool tier = *months == 1 || *months == 3 || *months == 6 || *months == 12;
    if (!tier) return table.Invalid(key, "is not 1, 3, 6 or 12");
  }
  CHUANYU_ASSIGN_OR_RETURN(rules.work_age_from, ReadInt(table, "work_age_from", 14, 30));
  CHUANYU_ASSIGN_OR_RETURN(rules.work_age_to, ReadInt(table, "work_age_to", rules.work_age_from, 100));
  CHUANYU_ASSIGN_OR_RETURN(rules.source, ReadSource(table));
  return rules;
}

absl::StatusOr<ProcedureRules> ReadProcedure(const Config& parent) {
  CHUANYU_ASSIGN_OR_RETURN(const Config table, parent.Table("procedure"));
  ProcedureRules rules;
  const std::array<std::pair<const char*, Limit*>, 10> limits = {{{"survey", &rules.survey},
                                                                  {"check_start", &rules.check_start},
                                                                  {"notice", &rules.notice},
                                                                  {"renotice", &rules.renotice},
                                                                  {"decision", &rules.decision},
                                                                  {"refusal", &rules.refusal},
                                                                  {"whole", &rules.whole},
                                                                  {"whole_special", &rules.whole_special},
                                                                  {"departments", &rules.departments},
                                                                  {"banks", &rules.banks}}};
  for (const auto& [key, limit] : limits) {
    CHUANYU_ASSIGN_OR_RETURN(*limit, ReadLimit(table, key));
  }
  CHUANYU_ASSIGN_OR_RETURN(rules.whole_excludes_notice, table.Bool("whole_excludes_notice"));
  CHUANYU_ASSIGN_OR_RETURN(rules.paid_from_next_month, table.Bool("paid_from_next_month"));
  CHUANYU_ASSIGN_OR_RETURN(rules.reminder_bp, ReadInt(table, "reminder_bp", 1, 10'000));
  CHUANYU_ASSIGN_OR_RETURN(rules.source, ReadSource(table));
  return rules;
}

}  // namespace

absl::StatusOr<PolicyPeriod> ReadPeriod(const Config& table) {
  PolicyPeriod period;
  CHUANYU_ASSIGN_OR_RETURN(period.in_force, ReadSpan(table));
  CHUANYU_RETURN_IF_ERROR(ReadNeededClasses(table, period));
  CHUANYU_ASSIGN_OR_RETURN(period.income,
                           ReadRules(table, "income", AllIncomeKinds(), &FindIncomeKind, &ReadIncomeRule));
  CHUANYU_ASSIGN_OR_RETURN(period.deductions, ReadRules(table, "deduction", AllDeductionKinds(),
                                                        &FindDeductionKind, &ReadDeductionRule));
  CHUANYU_ASSIGN_OR_RETURN(period.property, ReadRules(table, "property", AllPropertyKinds(),
                                                      &FindPropertyKind, &ReadPropertyRule));
  CHUANYU_ASSIGN_OR_RETURN(const Config disregard, table.Table("employment_disregard"));
  CHUANYU_ASSIGN_OR_RETURN(period.disregard_months, ReadInt(disregard, "months", 0, 60));
  CHUANYU_ASSIGN_OR_RETURN(period.disregard_source, ReadSource(disregard));
  CHUANYU_ASSIGN_OR_RETURN(period.bands, ReadBands(table));
  CHUANYU_ASSIGN_OR_RETURN(period.single_person, ReadSinglePerson(table));
  CHUANYU_ASSIGN_OR_RETURN(period.membership, ReadMembership(table));
  CHUANYU_ASSIGN_OR_RETURN(period.review, ReadReview(table));
  CHUANYU_ASSIGN_OR_RETURN(period.procedure, ReadProcedure(table));
  return period;
}

}  // namespace chuanyu::family_economy::policy_file
