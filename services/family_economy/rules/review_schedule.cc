#include "services/family_economy/rules/review_schedule.h"

namespace chuanyu::family_economy {
namespace {

v1::BatchTier TierOfMonths(int months) {
  for (const v1::BatchTier tier :
       {v1::BATCH_TIER_YEARLY, v1::BATCH_TIER_HALF_YEARLY, v1::BATCH_TIER_QUARTERLY}) {
    if (MonthsBetween(tier) == months) return tier;
  }
  return v1::BATCH_TIER_MONTHLY;
}

int MonthsFor(const ReviewFacts& facts, const ReviewRules& rules) {
  if (facts.able_bodied_unemployed) {
    return facts.household == v1::HOUSEHOLD_TYPE_RURAL ? rules.idle_rural_months : rules.idle_urban_months;
  }
  if (facts.severe && facts.income_stable) return rules.severe_stable_months;
  if (facts.members_stable && facts.income_stable) return rules.stable_months;
  return rules.other_months;
}

}  // namespace

v1::BatchTier TierOf(const ReviewFacts& facts, const ReviewRules& rules) {
  return TierOfMonths(MonthsFor(facts, rules));
}

int MonthsBetween(v1::BatchTier tier) {
  switch (tier) {
    case v1::BATCH_TIER_YEARLY:
      return 12;
    case v1::BATCH_TIER_HALF_YEARLY:
      return 6;
    case v1::BATCH_TIER_QUARTERLY:
      return 3;
    default:
      return 1;
  }
}

Date NextReview(Date granted, Date last_review, v1::BatchTier tier) {
  const Month due = Month(last_review) + MonthsBetween(tier);
  return AddMonths(granted, static_cast<int>(due - Month(granted)));
}

Date PreviousReview(v1::BatchTier tier, Date day) { return AddMonths(day, -MonthsBetween(tier)); }

Month FirstPaidMonth(Date approved, const ProcedureRules& rules) {
  return Month(approved) + (rules.paid_from_next_month ? 1 : 0);
}

}  // namespace chuanyu::family_economy
