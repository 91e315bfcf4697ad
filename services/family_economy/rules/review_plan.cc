#include "services/family_economy/rules/review_plan.h"

#include <algorithm>
#include <optional>

#include "common/calendar/month.h"
#include "services/family_economy/rules/assessment.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/days.h"
#include "services/family_economy/rules/economy.h"
#include "services/family_economy/rules/standing.h"

namespace chuanyu::family_economy {
namespace {

bool IsSeverelyIll(const v1::Member& member) {
  if (member.serious_illness()) return true;
  return member.has_disability() &&
         IsSevere(DisabilityPair{.type = static_cast<int>(member.disability().type()),
                                 .grade = static_cast<int>(member.disability().grade())});
}

bool Studies(const v1::Member& member, const v1::HouseholdEconomy& economy) {
  const auto& all = economy.circumstances();
  return member.student() || std::any_of(all.begin(), all.end(), [&](const v1::MemberCircumstances& one) {
           return one.member_id() == member.member_id() && one.study() != v1::STUDY_UNSPECIFIED;
         });
}

// What somebody works for, in the months that the policy looks at.
bool Earns(const v1::Member& member, const v1::HouseholdEconomy& economy, Month now,
           const PolicyPeriod& period) {
  const auto earned = [&](const v1::Income& one) {
    const bool work = one.kind() == v1::INCOME_KIND_WAGE || one.kind() == v1::INCOME_KIND_BUSINESS ||
                      one.kind() == v1::INCOME_KIND_FARMING;
    const auto month = ParseMonth(one.month().value());
    if (!work || !month.ok() || one.member_id() != member.member_id() || one.net().amount() <= 0)
      return false;
    // Kinds are numbered as in the messages, plus one (rules/proposal.cc).
    const IncomeRule& rule = period.RuleOf(static_cast<IncomeKind>(one.kind() - 1));
    return *month < now && *month >= now - rule.window_months;
  };
  return std::any_of(economy.incomes().begin(), economy.incomes().end(), earned);
}

bool DrawsUnemployment(const v1::Member& member, const v1::Verification& check) {
  const auto draws = [](const v1::ClassItem& item) {
    return item.social_insurance().type() == v1::SOCIAL_INSURANCE_TYPE_UNEMPLOYMENT &&
           item.social_insurance().role() == v1::INSURANCE_ROLE_RECIPIENT;
  };
  return std::any_of(check.results().begin(), check.results().end(), [&](const v1::MemberResult& one) {
    const auto& items = one.result().items();
    return one.member_id() == member.member_id() && std::any_of(items.begin(), items.end(), draws);
  });
}

class Basis {
 public:
  Basis(const v1::Verification& check, Date day, const PolicyPeriod& period, const RuleContext& context)
      : check_(check), day_(day), period_(period), context_(context) {
    out_.facts.household = check.household().type();
  }

  ReviewBasis Find() {
    for (const Standing& standing : StandingsOf(check_, day_, period_.membership, context_)) {
      if (standing.undecided) out_.unknown.insert(v1::REVIEW_UNKNOWN_MEMBERSHIP);
      if (standing.counts) AddMember(*standing.member);
    }
    AddStability();
    return std::move(out_);
  }

 private:
  void AddMember(const v1::Member& member) {
    if (IsSeverelyIll(member)) {
      out_.facts.severe = true;
      return;  // nor is expected to work
    }
    if (!CanWork(member)) return;
    const bool draws = DrawsUnemployment(member, check_);
    const bool works = member.has_employed_since() || Earns(member, check_.economy(), Month(day_), period_);
    if (works && !draws) return;
    out_.facts.able_bodied_unemployed = true;
    // With an economy entered, no earnings are a statement.
    if (!draws && !check_.has_economy()) out_.unknown.insert(v1::REVIEW_UNKNOWN_EMPLOYMENT);
  }
  bool CanWork(const v1::Member& member) {
    if (member.capacity() == v1::CAPACITY_NONE || Studies(member, check_.economy())) return false;
    const std::optional<int> age = AgeOf(member, day_, context_);
    if (!age) out_.unknown.insert(v1::REVIEW_UNKNOWN_AGE);
    return !age || (*age >= period_.review.work_age_from && *age <= period_.review.work_age_to);
  }
  void AddStability() {
    const v1::HouseholdEconomy& economy = check_.economy();
    const bool settled = CountUnsettled(check_) == 0;
    const auto& events = check_.life_events();
    const bool quiet = std::all_of(events.begin(), events.end(),
                                   [](const v1::MemberLifeEvent& one) { return one.withdrawn(); });
    out_.facts.income_stable = economy.income_stable() && settled;
    out_.facts.members_stable = economy.members_stable() && settled && quiet;
    if (!economy.has_income_stable() || (economy.income_stable() && !out_.facts.income_stable)) {
      out_.unknown.insert(v1::REVIEW_UNKNOWN_INCOME_STABLE);
    }
    if (!economy.has_members_stable() || (economy.members_stable() && !out_.facts.members_stable)) {
      out_.unknown.insert(v1::REVIEW_UNKNOWN_MEMBERS_STABLE);
    }
  }

  const v1::Verification& check_;
  const Date day_;
  const PolicyPeriod& period_;
  const RuleContext& context_;
  ReviewBasis out_;
};

bool Grants(const v1::Decision& decision) { return decision.outcome() == v1::DECISION_OUTCOME_GRANTED; }

// A contested grant keeps its place in the year.
Date FirstGrant(const v1::Verification& check) {
  for (const v1::EarlierReport& earlier : check.earlier_reports()) {
    if (Grants(earlier.decision())) return DayOf(earlier.decision().decided_at());
  }
  return DayOf(check.decision().decided_at());
}

}  // namespace

ReviewBasis ReviewBasisOf(const v1::Verification& check, Date day, const PolicyPeriod& period,
                          const RuleContext& context) {
  return Basis(check, day, period, context).Find();
}

void PlanReview(const AssessmentPolicy* policy, const RuleContext& context, v1::Verification* check) {
  const bool planned =
      check->review_tier() != v1::BATCH_TIER_UNSPECIFIED || !check->review_unknowns().empty();
  // Under an authorisation that was withdrawn nobody is looked at again.
  const bool withdrawn = check->state() == v1::VERIFICATION_STATE_REVOKED;
  if (!Grants(check->decision()) || planned || withdrawn) return;
  if (!HasDibaoRules(check->assist_type())) return check->add_review_unknowns(v1::REVIEW_UNKNOWN_NO_RULES);
  const Date decided = DayOf(check->decision().decided_at());
  const PolicyPeriod* period = nullptr;
  if (policy != nullptr) period = policy->PeriodOn(decided).value_or(nullptr);
  if (period == nullptr) return check->add_review_unknowns(v1::REVIEW_UNKNOWN_NO_POLICY);
  const ReviewBasis basis = ReviewBasisOf(*check, decided, *period, context);
  check->set_review_tier(TierOf(basis.facts, period->review));
  check->mutable_next_review_date()->set_value(
      FormatDate(NextReview(FirstGrant(*check), decided, check->review_tier())));
  for (const v1::ReviewUnknown one : basis.unknown) check->add_review_unknowns(one);
}

}  // namespace chuanyu::family_economy
