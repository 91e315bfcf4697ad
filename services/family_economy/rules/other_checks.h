// Two regions that look at the same family at once (domain page §4.6): allowed, but each is to know of the
// other's open check, by region and kind only. Pure, thread-safe.
#pragma once

#include <string>

#include "chuanyu/family_economy/v1/verification.pb.h"
#include "services/family_economy/rules/lifecycle.h"

namespace chuanyu::family_economy {

// A check that is under way or waits for its decision. What is decided, closed or expired is not told.
bool IsOpenToOthers(const v1::Verification& verification);

// Another region's check of a member. False when it is known, or the kind is none.
bool AddOtherCheck(const v1::OtherCheck& other, v1::Verification* verification);

// The same about a check that may have its report already: the report is put aside and made anew, with the
// event OTHER_CHECK. False when the check is not open, or knows it. `own_region` as in
// FindDuplicatesAndDiscrepancies.
bool RecordOtherCheck(const Actor& actor, const std::string& own_region, const v1::OtherCheck& other,
                      v1::Verification* verification);

}  // namespace chuanyu::family_economy
