// When those of a batch are to be looked at again: 重庆市城乡居民最低生活保障条例 §26. Pure, thread-safe.
#pragma once

#include "chuanyu/family_economy/v1/batch.pb.h"
#include "common/calendar/date.h"

namespace chuanyu::family_economy {

// The same day one, three, six or twelve months after `as_of`; the last day of a month that has no such day.
Date NextDue(v1::BatchTier tier, Date as_of);
// The same a period before `as_of`: when they were looked at last, at the latest.
Date PreviousLook(v1::BatchTier tier, Date as_of);

}  // namespace chuanyu::family_economy
