// What a correction or a change filing does to a filing, and whether it is a move. Domain page §7. Pure,
// thread-safe.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/elderly_care/rules/competence.h"

namespace chuanyu::elderly_care {

// What is set in `institution` and `premises` replaces what was filed; persons and points as a whole.
// STATE_CONFLICT when the key (uscc, premises_id) would change: that is another filing.
absl::Status Apply(const v1::Institution& institution, const v1::Premises& premises, v1::Filing* filing);

// For profit, and the new premises belong to another authority than the old ones do today: the filing ends
// here, a new one is needed there (66号令 §13). A district change alone is never one: both are looked at on
// the same day.
absl::StatusOr<bool> IsMoveOut(const v1::Filing& before, const v1::Filing& after, const PolicyDay& policy,
                               Date today, const DivisionTable& divisions);

// What of a filing goes to the authority in another region, and nothing else.
void CopyPushed(const v1::Filing& from, v1::Filing* to);

// Without what view BASIC does not show.
v1::Filing BasicOf(const v1::Filing& filing);

}  // namespace chuanyu::elderly_care
