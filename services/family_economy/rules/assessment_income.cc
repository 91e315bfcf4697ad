#include "services/family_economy/rules/assessment_income.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "services/family_economy/rules/checked_int.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kTwelfths = 12;

// The months before the assessment's own.
bool InWindow(Month month, Date as_of, int window_months) {
  const Month own(as_of);
  return own - window_months <= month && month < own;
}

bool IsFromWork(IncomeKind kind) { return kind == IncomeKind::kWage || kind == IncomeKind::kBusiness; }

// The incomes that a deduction may take a share of.
bool BelongsTo(IncomeKind income, DeductionKind deduction) {
  if (deduction == DeductionKind::kEmploymentCost) return IsFromWork(income);
  return deduction == DeductionKind::kSupportFee && income == IncomeKind::kTransfer;
}

bool TakesShare(DeductionKind kind) {
  return kind == DeductionKind::kEmploymentCost || kind == DeductionKind::kSupportFee;
}

class MemberIncome {
 public:
  MemberIncome(const AssessmentInput& input, const PolicyPeriod& period, const AssessedMember& member,
               CountedIncome& into)
      : input_(input), period_(period), member_(member), into_(into) {}

  // Twelfths of a fen a month; negative when the expenses are above the income.
  absl::StatusOr<int64_t> Count() {
    for (const IncomeKind kind : AllIncomeKinds()) {
      CHUANYU_ASSIGN_OR_RETURN(income_[kind], CountKind(period_.RuleOf(kind)));
    }
    Checked total = 0;
    for (const auto& [kind, twelfths] : income_) total = total + twelfths;
    for (const DeductionKind kind : AllDeductionKinds()) {
      CHUANYU_ASSIGN_OR_RETURN(const int64_t off, Deduct(period_.RuleOf(kind)));
      total = total - off;
    }
    return total.Value("incomes");
  }

 private:
  absl::StatusOr<int64_t> CountKind(const IncomeRule& rule) {
    Checked sum = 0;
    Checked disregarded = 0;
    bool any = false;
    for (const IncomeEntry& entry : input_.incomes) {
      if (entry.member_id != member_.id || entry.kind != rule.kind) continue;
      if (!InWindow(entry.month, input_.as_of, rule.window_months)) continue;
      any = true;
      if (IsFromWork(rule.kind) && IsDisregarded(member_, entry.month, period_.disregard_months)) {
        disregarded = disregarded + entry.net_fen;
      } else {
        sum = sum + entry.net_fen;
      }
    }
    if (!any) return 0;
    CHUANYU_ASSIGN_OR_RETURN(const int64_t zero, disregarded.Value("incomes"));
    if (zero > 0) TraceDisregard(rule.kind, zero);
    CHUANYU_ASSIGN_OR_RETURN(const int64_t fen, sum.Value("incomes"));
    if (rule.counted == Answer::kUndecided) into_.manual_reasons.insert(ManualReason::kIncomeUndecided);
    const bool counts = rule.counted == Answer::kYes;
    CHUANYU_ASSIGN_OR_RETURN(
        const int64_t twelfths,
        (counts ? Checked(fen) * (kTwelfths / rule.window_months) : Checked(0)).Value("incomes"));
    into_.rules.push_back({.id = absl::StrCat("INCOME.", NameOf(rule.kind)),
                           .source = rule.source,
                           .member_id = member_.id,
                           .inputs = {{"window_months", rule.window_months}, {"sum_fen", fen}},
                           .outputs = {{"income_twelfths_month", twelfths}}});
    return twelfths;
  }

  void TraceDisregard(IncomeKind kind, int64_t fen) {
    const Month first = *member_.employed_since;
    into_.rules.push_back({.id = absl::StrCat("EMPLOYMENT_DISREGARD.", NameOf(kind)),
                           .source = period_.disregard_source,
                           .member_id = member_.id,
                           .inputs = {{"first_month", MonthNumber(first)},
                                      {"last_month", MonthNumber(first + (period_.disregard_months - 1))}},
                           .outputs = {{"disregarded_fen", fen}}});
  }

  absl::StatusOr<int64_t> Deduct(const DeductionRule& rule) {
    Checked sum = 0;
    bool any = false;
    for (const DeductionClaim& claim : input_.deductions) {
      if (claim.member_id != member_.id || claim.kind != rule.kind) continue;
      // Without a rule there is no window either: any claim needs a person.
      if (rule.allowed == Answer::kYes && !InWindow(claim.month, input_.as_of, rule.window_months)) continue;
      any = true;
      sum = sum + claim.fen;
    }
    if (!any) return 0;
    CHUANYU_ASSIGN_OR_RETURN(const int64_t fen, sum.Value("deductions"));
    if (rule.allowed == Answer::kUndecided) into_.manual_reasons.insert(ManualReason::kDeductionUndecided);
    AppliedRule trace{.id = absl::StrCat("DEDUCTION.", NameOf(rule.kind)),
                      .source = rule.source,
                      .member_id = member_.id,
                      .inputs = {{"window_months", rule.window_months}, {"claimed_fen", fen}}};
    int64_t off = 0;
    if (rule.allowed == Answer::kYes) {
      CHUANYU_ASSIGN_OR_RETURN(off, Allowed(rule, fen, trace));
    }
    trace.outputs = {{"deduction_twelfths_month", off}};
    into_.rules.push_back(std::move(trace));
    return off;
  }

  absl::StatusOr<int64_t> Allowed(const DeductionRule& rule, int64_t fen, AppliedRule& trace) {
    CHUANYU_ASSIGN_OR_RETURN(const int64_t claimed,
                             (Checked(fen) * (kTwelfths / rule.window_months)).Value("deductions"));
    int64_t off = std::min(claimed, rule.max_fen_month * kTwelfths);
    trace.inputs.emplace_back("max_fen_month", rule.max_fen_month);
    if (!TakesShare(rule.kind)) return off;
    Checked base = 0;
    for (const auto& [kind, twelfths] : income_) {
      if (BelongsTo(kind, rule.kind)) base = base + twelfths;
    }
    CHUANYU_ASSIGN_OR_RETURN(const int64_t share, (base * rule.max_share_bp).Value("deductions"));
    trace.inputs.emplace_back("max_share_bp", rule.max_share_bp);
    return std::min(off, share / 10'000);
  }

  const AssessmentInput& input_;
  const PolicyPeriod& period_;
  const AssessedMember& member_;
  CountedIncome& into_;
  std::map<IncomeKind, int64_t> income_;  // twelfths
};

}  // namespace

int64_t MonthNumber(Month month) { return month.year() * 100 + month.month(); }

bool IsDisregarded(const AssessedMember& member, Month month, int disregard_months) {
  if (!member.in_dibao || !member.employed_since) return false;
  return *member.employed_since <= month && month < *member.employed_since + disregard_months;
}

absl::StatusOr<CountedIncome> CountIncome(const AssessmentInput& input, const PolicyPeriod& period) {
  CountedIncome counted;
  Checked total = 0;
  for (const AssessedMember& member : input.members) {
    CHUANYU_ASSIGN_OR_RETURN(const int64_t twelfths, MemberIncome(input, period, member, counted).Count());
    counted.member_twelfths.push_back(std::max<int64_t>(twelfths, 0));
    // What an ill child costs is taken off what its parents earn.
    total = total + twelfths;
  }
  CHUANYU_ASSIGN_OR_RETURN(const int64_t left, total.Value("incomes"));
  counted.household_twelfths = std::max<int64_t>(left, 0);
  return counted;
}

}  // namespace chuanyu::family_economy
