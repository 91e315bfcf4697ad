// When a family is looked at again, and what time limits of the procedure mean on a day. Sources: tiers of
// 重庆市城乡居民最低生活保障条例 §26 and 民发〔2021〕57号 (domain page §4.5), time limits of §4.3, counting
// of days of 民法典 §201 to §203 (§3.3). The numbers come from the region's policy file. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/calendar/work_calendar.h"
#include "services/family_economy/rules/assessment_policy.h"

namespace chuanyu::family_economy {

// What decides the tier. The able-bodied who could work and do not come first: their income changes soonest.
struct ReviewFacts {
  v1::HouseholdType household = v1::HOUSEHOLD_TYPE_UNSPECIFIED;
  bool able_bodied_unemployed = false;  // a member of working age who can work is out of work
  bool severe = false;                  // 重病 or 重残
  bool income_stable = false;
  bool members_stable = false;
};

enum class ReviewTier { kSevereStable, kStable, kIdleUrban, kIdleRural, kOther };

ReviewTier TierOf(const ReviewFacts& facts);
// 1 monthly, 3 quarterly, 6 half-yearly, 12 yearly.
int MonthsBetweenReviews(ReviewTier tier, const ReviewRules& rules);

// The day by which the family is to be looked at again. `granted` is the day of the first decision and
// anchors the days of the month: reviews of a family granted on 01-31 are due on 02-28, 03-31, 04-30.
Date NextReview(Date granted, Date last_review, const ReviewFacts& facts, const ReviewRules& rules);

// First month paid: of approval, or the one after it (§4.3).
Month FirstPaidMonth(Date approved, const ProcedureRules& rules);

}  // namespace chuanyu::family_economy
