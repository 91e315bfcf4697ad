// Whether the economy that a county declared accounts for what a register has. Pure, thread-safe.
#pragma once

#include <string>

#include "chuanyu/family_economy/v1/verification.pb.h"

namespace chuanyu::family_economy {

// True when the declaration of `member_id` has what `found`, a HIT, shows: things at least as many, money at
// least as much, earnings of the kind. A record that does not say what it is counts as something that must be
// declared. Always true for classes that show neither property nor earnings.
bool Declares(const v1::HouseholdEconomy& economy, const std::string& member_id,
              const v1::ClassResult& found);

}  // namespace chuanyu::family_economy
