// Small code tables of household checks. Pure, thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/identity/token.h"

namespace chuanyu::family_economy {

// Domain page §3.7: purposes that may ask about a household. Those for which someone applies, and those of an
// office that looks again at what was granted.
bool IsApplicationPurpose(std::string_view purpose);
bool IsReviewPurpose(std::string_view purpose);
// 低保 and 低保边缘, and looks at what was granted: the families that 民发〔2021〕57号 speaks of.
bool HasDibaoRules(std::string_view purpose);

// BAD_REQUEST, naming `field`, for what is no account of an officer: 1 to 64 of [A-Za-z0-9._-], no ID number.
absl::Status CheckOfficer(const std::string& officer_id, const std::string& field = "officer_id");

// GB/T 2261.2-2003.
bool IsMaritalStatus(std::string_view code);
// 21 初婚, 22 再婚 and 23 复婚 are kinds of 20 已婚.
bool SameMaritalStatus(std::string_view a, std::string_view b);

}  // namespace chuanyu::family_economy
