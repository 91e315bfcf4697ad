#include "services/family_economy/batch/tiers.h"

#include <algorithm>

namespace chuanyu::family_economy {
namespace {

int MonthsOf(v1::BatchTier tier) {
  switch (tier) {
    case v1::BATCH_TIER_YEARLY:
      return 12;
    case v1::BATCH_TIER_HALF_YEARLY:
      return 6;
    case v1::BATCH_TIER_QUARTERLY:
      return 3;
    default:
      return 1;  // the strictest
  }
}

// The last day of a month that has no such day.
Date MonthsLater(Date day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const Date last = Date(month + 1) - 1;
  return std::min(Date(month) + (day.day() - 1), last);
}

}  // namespace

Date NextDue(v1::BatchTier tier, Date as_of) { return MonthsLater(as_of, MonthsOf(tier)); }

Date PreviousLook(v1::BatchTier tier, Date as_of) { return MonthsLater(as_of, -MonthsOf(tier)); }

}  // namespace chuanyu::family_economy
