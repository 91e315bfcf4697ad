// What a month that two regions paid means for one of them. Domain page §8 [PROP]: the older payer keeps, the
// other recovers its own amounts of the overlapping months. Pure, thread-safe.
#pragma once

#include "chuanyu/disability/v1/grant.pb.h"
#include "common/calendar/month.h"

namespace chuanyu::disability {

// `own_from`, `other_from`: first months that each has paid.
v1::OverlapDuty DutyOf(Month own_from, Month other_from);

}  // namespace chuanyu::disability
