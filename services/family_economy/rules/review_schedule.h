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

// `months` after `day`; the last day of the month where it has no such day (民法典 §202): 01-31 and one month
// is 02-28 or 02-29.
Date AddMonths(Date day, int months);

// The day by which the family is to be looked at again. `granted` is the day of the first decision and
// anchors the days of the month: reviews of a family granted on 01-31 are due on 02-28, 03-31, 04-30.
Date NextReview(Date granted, Date last_review, const ReviewFacts& facts, const ReviewRules& rules);

// First month paid: of approval, or the one after it (§4.3).
Month FirstPaidMonth(Date approved, const ProcedureRules& rules);

// Days in which the clock stands, both ends included: from the 补正 notice to resubmission, or 公示 where the
// region's limit excludes it.
struct Pause {
  Date from;
  Date to;
};

// The last day of `limit` when it starts on `start`, which is not counted; days inside a pause are not
// either. A limit in natural days that ends on a day off ends on the next working day. CALENDAR_NOT_LOADED
// for years without calendar; BAD_REQUEST for a pause that ends before it begins, or of more than ten years.
absl::StatusOr<Date> DeadlineDay(Date start, const Limit& limit, const std::vector<Pause>& pauses,
                                 const WorkCalendar& calendar);

enum class DeadlineState { kNone, kRemind, kEscalate };

// REMIND from the morning on which `reminder_bp` of the limit's days are used up; ESCALATE from the day after
// the deadline: the last day itself is still in time, to the end of business. Counted in the limit's own
// days.
absl::StatusOr<DeadlineState> StateOfLimit(Date start, const Limit& limit, const std::vector<Pause>& pauses,
                                           Date today, int reminder_bp, const WorkCalendar& calendar);

// The same for a deadline by the clock, such as 3 s for own data.
DeadlineState StateOfDeadline(absl::Time start, absl::Time deadline, absl::Time now, int reminder_bp);

}  // namespace chuanyu::family_economy
