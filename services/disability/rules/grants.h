// The months of a grant: when it begins, what suspends, resumes, stops and moves it, and which months are
// due. Domain page §8: paid from the month of application; whatever stops it takes effect in the next month;
// when the 户籍 moves in month m the old side pays m, the new side from m + 1. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "chuanyu/disability/v1/grant.pb.h"
#include "common/calendar/date.h"
#include "common/calendar/month.h"

namespace chuanyu::disability {

// First month of a new grant. `hukou_since`: when the 户籍 came from another region; `earlier_to`: the last
// month of an earlier grant of the same subsidy here.
Month FirstMonth(Date received, std::optional<Date> hukou_since, std::optional<Month> earlier_to);

// No month after that of `on` is paid; what has been posted stays posted. STATE_CONFLICT when it has an end
// already that is not later, or is over, or `on` is after today; nothing changes then. Gives the months that
// were posted although they are not due any more: they are to be recovered.
absl::StatusOr<std::vector<Month>> Stop(v1::StopReason reason, Date on, Date today, v1::Grant* grant);

// No month after that of `on` is posted until Resume. STATE_CONFLICT unless it is paid, or `on` after today.
absl::Status Suspend(v1::StopReason reason, Date on, Date today, v1::Grant* grant);

// Posted again from the month of `on`; the months between stay unpaid. STATE_CONFLICT unless SUSPENDED, or
// `on` after today or before the suspension took effect.
absl::Status Resume(Date on, Date today, v1::Grant* grant);

// The 户籍 has moved to another region. Gives the first month of the new side: the one after that of `on`, or
// after the last one that is posted here already. A suspended one stays unpaid. STATE_CONFLICT when it is
// over, ends or moves already, or `on` is after today.
absl::StatusOr<Month> Move(Date on, Date today, const std::string& hukou_code, v1::Grant* grant);
// The other side has decided: it is over here. False when it waits for no answer.
bool EndMove(v1::Grant* grant, Date on);
// The other side did not take it: it goes on here as if nothing had been. False when it waits for no answer.
bool UndoMove(v1::Grant* grant);

// The next month that is due and not posted, up to the month of `today`; nothing when there is none.
std::optional<Month> NextDue(const v1::Grant& grant, Date today);

// What the calendar brings: stops with the month in which the certificate ends, PAYING once a month is
// posted, STOPPED when the last month is over. True when something changed.
bool Advance(Date today, v1::Grant* grant);

// When it is to be looked at again; nothing when nothing will happen by itself.
std::optional<Date> NextLook(const v1::Grant& grant, Date today);

// It is in force and no end is set: what another region is told as `active`.
bool IsActive(const v1::Grant& grant);

}  // namespace chuanyu::disability
