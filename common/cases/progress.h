// A case on its way through a flow: begins, acts, time limits, and the pause between a 补正 notice and the
// resubmission (domain page §3.3, §3.13). The steps of a case are a list that only grows at its end. Pure,
// thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chuanyu/cases/v1/case_step.pb.h"
#include "common/calendar/work_calendar.h"
#include "common/cases/flow.h"

namespace chuanyu::cases {

using Steps = google::protobuf::RepeatedPtrField<v1::CaseStep>;

inline constexpr char kSystem[] = "SYSTEM";

// Who does something: a named officer in a role, or the service itself.
struct Actor {
  std::string role;
  std::string officer_id;  // empty for SYSTEM
  std::string org;
};

// Begins in `step`, which is not counted as a day of its limit. CALENDAR_NOT_LOADED.
absl::Status Begin(const Flow& flow, const WorkCalendar& calendar, const std::string& step, Date today,
                   Steps* steps);

// Ends the current step with `act` and begins what follows; nothing changes on an error. STATE_CONFLICT when
// the current step does not allow the act, or `today` is before it began; ROLE_DENIED when it is not this
// role's; BAD_REQUEST for an officer_id that is none; CALENDAR_NOT_LOADED.
absl::Status Perform(const Flow& flow, const WorkCalendar& calendar, const std::string& act,
                     const Actor& actor, Date today, Steps* steps);

// The step in which the case is. There must be one.
const v1::CaseStep& Current(const Steps& steps);
bool IsOver(const Flow& flow, const Steps& steps);

// How the current step stands on `today`.
absl::StatusOr<v1::DeadlineLight> LightOf(const Flow& flow, const WorkCalendar& calendar, const Steps& steps,
                                          Date today);

}  // namespace chuanyu::cases
