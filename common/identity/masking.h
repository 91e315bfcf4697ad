// Personal data as it may be shown, domain page §3.8: on screens, in exports and notifications. Not for logs,
// which carry the prefix of a blind index and nothing made from a person. Showing the whole needs its own
// permission, a reason and an audit event.
//
// Text is UTF-8; what is masked is a character as people see it (rare characters of 4 bytes and characters
// with a variation selector count once). Text that is no UTF-8 becomes "***". Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "common/calendar/date.h"
#include "common/identity/citizen_id.h"

namespace chuanyu {

// 张甲 → 张*, 张测甲 → 张*甲, 欧阳测甲 → 欧**甲; a name of one character → *. The · of longer names is hidden
// like any other character.
std::string MaskName(std::string_view name);

// 张测丙 → 张**, whatever the length: for people under 18.
std::string MaskMinorName(std::string_view name);

// First three and last four characters; the last four are hidden too when the holder is under 18 on `today`
// or the number (an older foreign card) does not tell the age.
std::string MaskId(const CitizenId& id, Date today);

// 138****1234 for 11 characters or more; of 8 to 10 the last four stay; shorter ones are hidden.
std::string MaskPhone(std::string_view phone);

// ****1234; an account of fewer than 8 characters is hidden.
std::string MaskAccount(std::string_view account);

// Up to the town (镇, 乡, 街道), then ***: 重庆市渝北区茨竹镇花六村3组 → 重庆市渝北区茨竹镇***. Where no town
// can be made out the address ends earlier, at the county, city or province; when none of these, it is ***.
std::string MaskAddress(std::string_view address);

}  // namespace chuanyu
