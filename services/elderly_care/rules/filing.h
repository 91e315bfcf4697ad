// A filing, read into types that were checked: what is wrong refuses it, what is missing is 补正, what is odd
// is a warning. Domain page §7. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/elderly_care/v1/filing.pb.h"
#include "common/calendar/work_calendar.h"
#include "common/identity/division.h"
#include "common/identity/uscc.h"
#include "services/elderly_care/rules/competence.h"
#include "services/elderly_care/rules/policy.h"

namespace chuanyu::elderly_care {

struct ParsedFiling {
  Uscc uscc;
  std::string premises_id;
  Authority authority;
  std::vector<std::string> missing;   // what 补正 must bring: words of Filing.missing
  std::vector<std::string> warnings;  // stable names: they are stored
};

// By the policy and the divisions of `today`. Errors name the field: USCC_*, ID_*, CODE_UNKNOWN,
// DATE_INVALID, BAD_REQUEST; D_BELOW_THRESHOLD, D_BEDS_INCONSISTENT, D_NOT_REGISTERED. A filing that lacks
// papers is no error: `missing`.
absl::StatusOr<ParsedFiling> ParseFiling(const v1::Filing& filing, const PolicyDay& policy, Date today,
                                         const DivisionTable& divisions);

// Writes what was found beside what was filed.
void SetParsed(const ParsedFiling& parsed, v1::Filing* filing);

// OK when nothing is missing; else the reason of what is: D_COMMITMENT_MISSING, D_NOT_REGISTERED without the
// certificate, BAD_REQUEST without the form.
absl::Status CheckComplete(const std::vector<std::string>& missing);

// Whether a filing that is submitted on `submitted` is later than the working days of the policy after the
// first admission. Never a reason to refuse. CALENDAR_NOT_LOADED.
absl::StatusOr<bool> IsLate(const v1::Filing& filing, const PolicyDay& policy, Date submitted,
                            const WorkCalendar& calendar);

// The first admission as stated; nothing when nobody was admitted yet.
absl::StatusOr<std::optional<Date>> FirstAdmission(const v1::Filing& filing, Date today);

}  // namespace chuanyu::elderly_care
