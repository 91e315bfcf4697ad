#include "services/family_economy/rules/assessment.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/assessment_income.h"
#include "services/family_economy/rules/checked_int.h"

namespace chuanyu::family_economy {
namespace {

constexpr size_t kMaxMembers = 30;
constexpr int kTwelfths = 12;

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

template <typename Entries, typename Quantity>
absl::Status CheckEntries(const Entries& entries, const std::set<std::string>& ids, const std::string& field,
                          Quantity quantity) {
  for (size_t at = 0; at < entries.size(); ++at) {
    if (!ids.contains(entries[at].member_id)) {
      return Bad(absl::StrCat(field, "[", at, "].member_id"), "is no member who counts");
    }
    if (quantity(entries[at]) < 0) return Bad(absl::StrCat(field, "[", at, "]"), "is negative");
  }
  return absl::OkStatus();
}

absl::Status CheckInput(const AssessmentInput& input) {
  if (input.members.empty() || input.members.size() > kMaxMembers) return Bad("members", "not 1 to 30");
  std::set<std::string> ids;
  for (const AssessedMember& member : input.members) {
    if (!ids.insert(member.id).second) return Bad("members", "an id is there twice");
  }
  CHUANYU_RETURN_IF_ERROR(
      CheckEntries(input.incomes, ids, "incomes", [](const IncomeEntry& one) { return one.net_fen; }));
  CHUANYU_RETURN_IF_ERROR(
      CheckEntries(input.deductions, ids, "deductions", [](const DeductionClaim& one) { return one.fen; }));
  CHUANYU_RETURN_IF_ERROR(
      CheckEntries(input.property, ids, "property", [](const PropertyFact& one) { return one.quantity; }));
  CHUANYU_RETURN_IF_ERROR(CheckEntries(input.classes, ids, "classes", [](const CheckedClass&) { return 0; }));
  if (input.current && input.current->amount_fen_month < 0) return Bad("current", "is negative");
  return absl::OkStatus();
}

bool WasChecked(v1::ResultState state) {
  return state == v1::RESULT_STATE_HIT || state == v1::RESULT_STATE_NO_HIT;
}

// Every region that was asked must have answered: one that did not may be the one that knows something.
void FindMissing(const AssessmentInput& input, const PolicyPeriod& period, Proposal& proposal) {
  for (const AssessedMember& member : input.members) {
    for (const v1::DataClass needed : period.needed_classes) {
      bool asked = false;
      bool checked = true;
      for (const CheckedClass& one : input.classes) {
        if (one.member_id != member.id || one.data_class != needed) continue;
        asked = true;
        checked = checked && WasChecked(one.state);
      }
      if (!asked || !checked) proposal.missing.emplace_back(member.id, needed);
    }
  }
  proposal.rules.push_back({.id = "NEEDED_CLASSES",
                            .source = period.needed_source,
                            .inputs = {{"classes", static_cast<int64_t>(period.needed_classes.size())}},
                            .outputs = {{"missing", static_cast<int64_t>(proposal.missing.size())}}});
}

bool DeathRecorded(const AssessmentInput& input) {
  return std::any_of(input.classes.begin(), input.classes.end(), [](const CheckedClass& one) {
    return one.data_class == v1::DATA_CLASS_A03_DEATH && one.state == v1::RESULT_STATE_HIT;
  });
}

// What the household needs a month and has, exactly.
struct Measure {
  int64_t need_fen = 0;       // S·n
  int64_t need_twelfths = 0;  // 12·S·n
  int64_t income_twelfths = 0;

  // I < ratio·S·n, strictly, without a division: 10000·12·I < bp·12·S·n.
  absl::StatusOr<bool> Below(int bp) const {
    CHUANYU_ASSIGN_OR_RETURN(const int64_t left, (Checked(income_twelfths) * 10'000).Value("incomes"));
    CHUANYU_ASSIGN_OR_RETURN(const int64_t right, (Checked(need_twelfths) * bp).Value("standard"));
    return left < right;
  }
};

struct PropertyVerdict {
  bool excludes = false;
  bool manual = false;
};

absl::StatusOr<PropertyVerdict> TestProperty(const AssessmentInput& input, const PolicyPeriod& period,
                                             const Measure& measure, Proposal& proposal) {
  PropertyVerdict verdict;
  for (const PropertyKind kind : AllPropertyKinds()) {
    const PropertyRule& rule = period.RuleOf(kind);
    Checked sum = 0;
    for (const PropertyFact& fact : input.property) {
      if (fact.kind == kind) sum = sum + fact.quantity;
    }
    CHUANYU_ASSIGN_OR_RETURN(const int64_t owned, sum.Value("property"));
    const bool in_fen = kind == PropertyKind::kFinancial;
    CHUANYU_ASSIGN_OR_RETURN(const int64_t limit,
                             (Checked(rule.max) * (in_fen ? measure.need_fen : 1)).Value("standard"));
    const bool above = owned > limit;
    if (above && rule.above == PropertyRule::Excess::kExcludes) verdict.excludes = true;
    if (above && rule.above == PropertyRule::Excess::kManual) verdict.manual = true;
    proposal.rules.push_back(
        {.id = absl::StrCat("PROPERTY.", NameOf(kind)),
         .source = rule.source,
         .inputs = {{in_fen ? "owned_fen" : "owned", owned}, {in_fen ? "limit_fen" : "limit", limit}},
         .outputs = {{"above_limit", above ? 1 : 0}}});
  }
  return verdict;
}

bool IsSeverelyDisabled(const AssessedMember& member) {
  return std::any_of(member.disabilities.begin(), member.disabilities.end(), IsSevere);
}

void FindSinglePersons(const AssessmentInput& input, const PolicyPeriod& period, const CountedIncome& income,
                       Proposal& proposal) {
  using Amount = SinglePersonRules::Amount;
  if (!period.single_person.allowed) return;
  for (size_t at = 0; at < input.members.size(); ++at) {
    const AssessedMember& member = input.members[at];
    if (!member.serious_illness && !IsSeverelyDisabled(member)) continue;
    const int64_t own_income = income.member_twelfths[at] / kTwelfths;
    SinglePerson single{.member_id = member.id};
    if (period.single_person.amount == Amount::kFullStandard) {
      single.amount_fen_month = proposal.standard_fen_month;
    }
    if (period.single_person.amount == Amount::kStandardMinusOwnIncome) {
      single.amount_fen_month = proposal.standard_fen_month - own_income;
      if (*single.amount_fen_month <= 0) continue;
    }
    AppliedRule rule{.id = "SINGLE_PERSON",
                     .source = period.single_person.source,
                     .member_id = member.id,
                     .inputs = {{"standard_fen_month", proposal.standard_fen_month},
                                {"own_income_fen_month", own_income}}};
    if (single.amount_fen_month) rule.outputs = {{"amount_fen_month", *single.amount_fen_month}};
    proposal.rules.push_back(std::move(rule));
    proposal.single_persons.push_back(std::move(single));
  }
}

// The last month of 渐退; nothing when it is over, or the family is not in 低保.
std::optional<Month> ExitUntil(const AssessmentInput& input, const BandRules& bands) {
  if (!input.current) return std::nullopt;
  const Month now(input.as_of);
  const Month first = input.current->exit_from.value_or(now + (bands.exit_starts_next_month ? 1 : 0));
  const Month last = first + (bands.exit_months - 1);
  return now <= last ? std::optional<Month>(last) : std::nullopt;
}

// The kind by income alone.
absl::Status PlaceInBand(const AssessmentInput& input, const BandRules& bands, const Measure& measure,
                         Proposal& proposal) {
  CHUANYU_ASSIGN_OR_RETURN(const bool in_exit_band, measure.Below(bands.exit_upper_bp));
  CHUANYU_ASSIGN_OR_RETURN(const bool in_edge_band, measure.Below(bands.edge_upper_bp));
  const int64_t twelfths = measure.income_twelfths;
  if (twelfths < measure.need_twelfths) {
    proposal.kind = ProposalKind::kDibao;
    // On the household; no rounding a person.
    proposal.amount_fen_month = measure.need_fen - proposal.income_fen_month;
  } else if (input.current && twelfths == measure.need_twelfths) {
    proposal.kind = ProposalKind::kManual;
    proposal.manual_reasons.push_back(ManualReason::kIncomeEqualsStandard);
  } else if (in_exit_band && ExitUntil(input, bands)) {
    proposal.kind = ProposalKind::kGradualExit;
    proposal.exit_until = ExitUntil(input, bands);
    proposal.amount_fen_month = input.current->amount_fen_month;
  } else {
    proposal.kind = in_edge_band ? ProposalKind::kEdge : ProposalKind::kNotEligible;
  }
  return absl::OkStatus();
}

void TraceBands(const AssessmentInput& input, const BandRules& bands, const Measure& measure,
                Proposal& proposal) {
  AppliedRule rule{.id = "BANDS",
                   .source = bands.source,
                   .inputs = {{"need_fen_month", measure.need_fen},
                              {"income_twelfths_month", measure.income_twelfths},
                              {"income_fen_month", proposal.income_fen_month},
                              {"edge_upper_bp", bands.edge_upper_bp},
                              {"exit_upper_bp", bands.exit_upper_bp},
                              {"in_dibao_now", input.current ? 1 : 0}}};
  if (proposal.amount_fen_month) rule.outputs.emplace_back("amount_fen_month", *proposal.amount_fen_month);
  if (proposal.exit_until) rule.outputs.emplace_back("exit_until", MonthNumber(*proposal.exit_until));
  proposal.rules.push_back(std::move(rule));
}

// Whatever the numbers say, these take precedence; what would have been proposed is not shown then.
void Overrule(const PropertyVerdict& property, Proposal& proposal) {
  if (!proposal.missing.empty()) {
    proposal.kind = ProposalKind::kIncomplete;
  } else if (property.excludes) {
    proposal.kind = ProposalKind::kNotEligible;
  } else if (!proposal.manual_reasons.empty()) {
    proposal.kind = ProposalKind::kManual;
  } else {
    return;
  }
  proposal.amount_fen_month.reset();
  proposal.exit_until.reset();
}

void AddManualReasons(const AssessmentInput& input, const CountedIncome& income,
                      const PropertyVerdict& property, Proposal& proposal) {
  std::set<ManualReason> reasons = income.manual_reasons;
  reasons.insert(proposal.manual_reasons.begin(), proposal.manual_reasons.end());
  reasons.insert(input.manual_reasons.begin(), input.manual_reasons.end());
  if (property.manual) reasons.insert(ManualReason::kPropertyToReview);
  if (DeathRecorded(input)) reasons.insert(ManualReason::kDeathRecorded);
  proposal.manual_reasons.assign(reasons.begin(), reasons.end());
}

absl::StatusOr<Measure> MeasureHousehold(const Standard& standard, Proposal& proposal) {
  Measure measure{.income_twelfths = proposal.income_twelfths};
  CHUANYU_ASSIGN_OR_RETURN(measure.need_fen,
                           (Checked(standard.fen_month) * proposal.members).Value("standard"));
  CHUANYU_ASSIGN_OR_RETURN(measure.need_twelfths, (Checked(measure.need_fen) * kTwelfths).Value("standard"));
  proposal.rules.push_back(
      {.id = "STANDARD",
       .source = standard.source,
       .inputs = {{"standard_fen_month", standard.fen_month}, {"members", proposal.members}},
       .outputs = {{"need_fen_month", measure.need_fen}}});
  return measure;
}

// A parameter is missing that everything depends on.
Proposal Unassessable(const AssessmentInput& input, ManualReason reason, Proposal proposal) {
  std::set<ManualReason> reasons(proposal.manual_reasons.begin(), proposal.manual_reasons.end());
  reasons.insert(input.manual_reasons.begin(), input.manual_reasons.end());
  reasons.insert(reason);
  proposal.kind = ProposalKind::kManual;
  proposal.manual_reasons.assign(reasons.begin(), reasons.end());
  return proposal;
}

absl::Status Place(const AssessmentInput& input, const PolicyPeriod& period, const Standard& standard,
                   const CountedIncome& income, Proposal& proposal) {
  CHUANYU_ASSIGN_OR_RETURN(const Measure measure, MeasureHousehold(standard, proposal));
  CHUANYU_ASSIGN_OR_RETURN(const PropertyVerdict property, TestProperty(input, period, measure, proposal));
  CHUANYU_RETURN_IF_ERROR(PlaceInBand(input, period.bands, measure, proposal));
  FindMissing(input, period, proposal);
  AddManualReasons(input, income, property, proposal);
  Overrule(property, proposal);
  TraceBands(input, period.bands, measure, proposal);
  if (proposal.kind == ProposalKind::kEdge) FindSinglePersons(input, period, income, proposal);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Proposal> Assess(const AssessmentInput& input, const AssessmentPolicy& policy) {
  CHUANYU_RETURN_IF_ERROR(CheckInput(input));
  Proposal proposal{.members = static_cast<int64_t>(input.members.size()),
                    .policy_version = policy.version()};
  const absl::StatusOr<const PolicyPeriod*> period = policy.PeriodOn(input.as_of);
  if (!period.ok()) return Unassessable(input, ManualReason::kNoPolicy, std::move(proposal));
  CHUANYU_ASSIGN_OR_RETURN(const CountedIncome income, CountIncome(input, **period));
  proposal.income_twelfths = income.household_twelfths;
  proposal.income_fen_month = income.household_twelfths / kTwelfths;
  proposal.rules = income.rules;
  const absl::StatusOr<const Standard*> standard =
      policy.StandardOn(input.place, input.household_type, input.as_of);
  if (!standard.ok()) {
    if (!HasReason(standard.status(), Reason::CONFIG_INVALID)) return standard.status();
    FindMissing(input, **period, proposal);
    AddManualReasons(input, income, {}, proposal);
    return Unassessable(input, ManualReason::kNoStandard, std::move(proposal));
  }
  proposal.standard_fen_month = (*standard)->fen_month;
  proposal.standard_unconfirmed =
      (*standard)->confirmed_to.has_value() && *(*standard)->confirmed_to < input.as_of;
  CHUANYU_RETURN_IF_ERROR(Place(input, **period, **standard, income, proposal));
  return proposal;
}

}  // namespace chuanyu::family_economy
