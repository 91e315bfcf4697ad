#include "services/family_economy/batch/tiers.h"

#include "common/calendar/month.h"

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

}  // namespace

Date NextDue(v1::BatchTier tier, Date as_of) { return AddMonths(as_of, MonthsOf(tier)); }

Date PreviousLook(v1::BatchTier tier, Date as_of) { return AddMonths(as_of, -MonthsOf(tier)); }

}  // namespace chuanyu::family_economy
