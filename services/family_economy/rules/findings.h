// What the results of a check mean: benefits paid twice, declarations that registers contradict. A finding
// stops nothing by itself: a named officer decides (PIPL §24). Pure, thread-safe.
#pragma once

#include <string>

#include "chuanyu/family_economy/v1/verification.pb.h"

namespace chuanyu::family_economy {

// Fills duplicates and discrepancies of `verification` from its results, in their order, replacing what was
// there. `own_region`: when a benefit is looked at again, the own region's record of it is the one looked at,
// and only another region's is a duplicate.
void FindDuplicatesAndDiscrepancies(const std::string& own_region, v1::Verification* verification);

}  // namespace chuanyu::family_economy
