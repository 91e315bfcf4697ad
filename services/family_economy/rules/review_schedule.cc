#include "services/family_economy/rules/review_schedule.h"

namespace chuanyu::family_economy {

ReviewTier TierOf(const ReviewFacts& facts) {
  if (facts.able_bodied_unemployed) {
    return facts.household == v1::HOUSEHOLD_TYPE_RURAL ? ReviewTier::kIdleRural : ReviewTier::kIdleUrban;
  }
  if (facts.severe && facts.income_stable) return ReviewTier::kSevereStable;
  if (facts.members_stable && facts.income_stable) return ReviewTier::kStable;
  return ReviewTier::kOther;
}

int MonthsBetweenReviews(ReviewTier tier, const ReviewRules& rules) {
  switch (tier) {
    case ReviewTier::kSevereStable:
      return rules.severe_stable_months;
    case ReviewTier::kStable:
      return rules.stable_months;
    case ReviewTier::kIdleUrban:
      return rules.idle_urban_months;
    case ReviewTier::kIdleRural:
      return rules.idle_rural_months;
    case ReviewTier::kOther:
      return rules.other_months;
  }
  return rules.idle_urban_months;
}

Date NextReview(Date granted, Date last_review, const ReviewFacts& facts, const ReviewRules& rules) {
  const Month due = Month(last_review) + MonthsBetweenReviews(TierOf(facts), rules);
  return AddMonths(granted, static_cast<int>(due - Month(granted)));
}

Month FirstPaidMonth(Date approved, const ProcedureRules& rules) {
  return Month(approved) + (rules.paid_from_next_month ? 1 : 0);
}

}  // namespace chuanyu::family_economy
