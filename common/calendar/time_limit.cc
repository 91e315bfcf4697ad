#include "common/calendar/time_limit.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu {
namespace {

constexpr int kMaxPauseDays = 3'660;

absl::Status CheckPauses(const std::vector<Pause>& pauses) {
  for (size_t at = 0; at < pauses.size(); ++at) {
    const Pause& pause = pauses[at];
    if (pause.to < pause.from || pause.to - pause.from > kMaxPauseDays) {
      return MakeError(Reason::BAD_REQUEST, {.field = absl::StrCat("pauses[", at, "]"),
                                             .detail = "ends before it begins, or is longer than ten years"});
    }
  }
  return absl::OkStatus();
}

// Whether `day` uses up one of the limit's days.
absl::StatusOr<bool> Counts(Date day, const Limit& limit, const std::vector<Pause>& pauses,
                            const WorkCalendar& calendar) {
  const bool paused = std::any_of(pauses.begin(), pauses.end(),
                                  [&](const Pause& pause) { return pause.from <= day && day <= pause.to; });
  if (paused) return false;
  if (limit.unit == Limit::Unit::kNaturalDays) return true;
  return calendar.IsWorkingDay(day);
}

}  // namespace

absl::StatusOr<Date> DeadlineDay(Date start, const Limit& limit, const std::vector<Pause>& pauses,
                                 const WorkCalendar& calendar) {
  CHUANYU_RETURN_IF_ERROR(CheckPauses(pauses));
  Date day = start;
  for (int used = 0; used < limit.days;) {
    ++day;
    CHUANYU_ASSIGN_OR_RETURN(const bool counts, Counts(day, limit, pauses, calendar));
    if (counts) ++used;
  }
  if (limit.unit == Limit::Unit::kNaturalDays) return calendar.WorkingDayOnOrAfter(day);
  return day;
}

absl::StatusOr<DeadlineState> StateOfLimit(Date start, const Limit& limit, const std::vector<Pause>& pauses,
                                           Date today, int reminder_bp, const WorkCalendar& calendar) {
  CHUANYU_ASSIGN_OR_RETURN(const Date deadline, DeadlineDay(start, limit, pauses, calendar));
  if (today > deadline) return DeadlineState::kEscalate;
  int64_t used = 0;
  for (Date day = start + 1; day < today; ++day) {
    CHUANYU_ASSIGN_OR_RETURN(const bool counts, Counts(day, limit, pauses, calendar));
    if (counts) ++used;
  }
  return used * 10'000 >= int64_t{limit.days} * reminder_bp ? DeadlineState::kRemind : DeadlineState::kNone;
}

DeadlineState StateOfDeadline(absl::Time start, absl::Time deadline, absl::Time now, int reminder_bp) {
  if (now >= deadline) return DeadlineState::kEscalate;
  return now - start >= (deadline - start) / 10'000 * reminder_bp ? DeadlineState::kRemind
                                                                  : DeadlineState::kNone;
}

}  // namespace chuanyu
