// Two regions that look at the same family at once (domain page §4.6): allowed, but each is to know of the
// other's open check, by region and kind only, and when it is over. Pure, thread-safe.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "chuanyu/family_economy/v1/verification.pb.h"
#include "services/family_economy/rules/lifecycle.h"

namespace chuanyu::family_economy {

// A check that is under way or waits for its decision. What is decided, closed or expired is not told.
bool IsOpenToOthers(const v1::Verification& verification);

// Whether an end is still noted: not in what is closed for good. One that is decided or expired may be asked
// about again.
bool NotesEnds(const v1::Verification& verification);

// Another region's check of a member. False when it is known and not over, or the kind is none.
bool AddOtherCheck(const v1::OtherCheck& other, v1::Verification* verification);

// The same about a check that may have its report already: the report is put aside and made anew, with the
// event OTHER_CHECK. False when the check is not open, or knows it. `own_region` as in
// FindDuplicatesAndDiscrepancies.
bool RecordOtherCheck(const Actor& actor, const std::string& own_region, const v1::OtherCheck& other,
                      v1::Verification* verification);

// What the answer to a question of this check says to be open in the region that was asked.
void TakeOpenChecks(const std::string& request_id, const std::vector<v1::VerificationType>& types,
                    v1::Verification* verification);

// That region's checks of `type` which it named in the answer to this question are over; also before the
// answer is there. `asking`: members about whom that region has asked here for such a check of its own that
// is open. False when nothing changes.
bool TakeEndOfOpenCheck(const std::string& request_id, v1::VerificationType type,
                        const std::set<std::string>& asking, v1::Verification* verification);

// The region has no check of this kind open any more for which it asked about the member here. False when
// nothing changes: it is not known, over already, or an answer named another one.
bool EndOtherCheck(const v1::OtherCheck& other, v1::Verification* verification);

// What is told across regions about ends, and why it may be: what is said of a person must be true (个人信息
// 保护法 §8), and "is looked at elsewhere" is not once the other check is over.
inline constexpr char kEndsOperation[] = "/chuanyu.family_economy.v1.FamilyEconomyProvider/TellCheckEnds";
inline constexpr char kEndsPurpose[] = "P-MONITOR";  // of every check: its own purpose is nobody's business
inline constexpr char kEndsLegalBasis[] = "个人信息保护法§8";

}  // namespace chuanyu::family_economy
