// When a family is looked at again. Sources: tiers of 重庆市城乡居民最低生活保障条例 §26 and 民发〔2021〕57号
// (domain page §4.5), counting of months of 民法典 §202 (§3.2). How many months a tier has is the region's
// policy file. Pure, thread-safe.
#pragma once

#include "chuanyu/family_economy/v1/review_schedule.pb.h"
#include "common/calendar/date.h"
#include "common/calendar/month.h"
#include "services/family_economy/rules/assessment_policy.h"

namespace chuanyu::family_economy {

// What decides the tier. The able-bodied who could work and do not come first: their income changes soonest.
struct ReviewFacts {
  v1::HouseholdType household = v1::HOUSEHOLD_TYPE_UNSPECIFIED;
  bool able_bodied_unemployed = false;  // a member of working age who can work is out of work
  bool severe = false;                  // 重病 or 重残
  bool income_stable = false;
  bool members_stable = false;

  bool operator==(const ReviewFacts&) const = default;
};

v1::BatchTier TierOf(const ReviewFacts& facts, const ReviewRules& rules);

// 1 monthly, 3 quarterly, 6 half-yearly, 12 yearly; 1, the strictest, for no tier.
int MonthsBetween(v1::BatchTier tier);

// The day by which a family, or everybody of a batch, is to be looked at again. `granted` is the day of the
// first decision and anchors the days of the month: reviews of a family granted on 01-31 are due on 02-28,
// 03-31, 04-30.
Date NextReview(Date granted, Date last_review, v1::BatchTier tier);
// A period before `day`: when those who are due on it were looked at last, at the latest.
Date PreviousReview(v1::BatchTier tier, Date day);

// First month paid: of approval, or the one after it (§4.3).
Month FirstPaidMonth(Date approved, const ProcedureRules& rules);

}  // namespace chuanyu::family_economy
