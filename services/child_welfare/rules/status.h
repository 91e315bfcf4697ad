// The life of a status that was confirmed: ACTIVE -> SUSPENDED -> ACTIVE | ENDED, ACTIVE -> ENDING -> ENDED,
// and ACTIVE | SUSPENDED -> MOVING -> ENDED | what it was when the 户籍 moves to another region; and the
// months that follow from it. Domain page §5.3, §5.4: whatever ends it takes effect in the next month; when
// the 户籍 moves in month m the old side pays m, the new side from m + 1. Nothing changes on an error. Pure,
// thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/application.pb.h"
#include "common/calendar/date.h"
#include "common/calendar/month.h"
#include "services/child_welfare/rules/ledger.h"

namespace chuanyu::child_welfare {

// It keeps another one out.
bool Holds(const v1::Determination& determination);
// It counts: what others are told.
bool IsValid(const v1::Determination& determination);

// Its persons have been erased after the time for which they are kept.
bool IsErased(const v1::Determination& determination);

// Its months, and back.
Ledger LedgerOf(const v1::Determination& determination);
void SetLedger(const Ledger& ledger, v1::Determination* determination);

// No month after that of `on` is due. It holds to the end of that month; one that did not count is over at
// once, as is one whose month has passed. STATE_CONFLICT: it is over, or ends already with that month or
// before; `on` is after today; or its move is not answered, but for a death.
absl::Status End(v1::EndReason reason, Date on, Date today, v1::Determination* determination);

// Does not count from now on; no month after that of `on` is due. STATE_CONFLICT unless it is ACTIVE, or `on`
// is after today.
absl::Status Suspend(v1::SuspendReason reason, Date on, Date today, v1::Determination* determination);
// Counts again; due again from the month of `on`, what was paid before the suspension not twice.
// STATE_CONFLICT unless it is SUSPENDED, or `on` is after today or before the suspension.
absl::Status Resume(Date on, Date today, v1::Determination* determination);

// It was looked at and is `category` now, for `fen_month` where a standard is known. Another category is due
// from the month after that of `on`, or after the last one that is posted: no gap, and never both.
// STATE_CONFLICT unless it is ACTIVE, or `on` is after today or before it was confirmed.
absl::Status Review(v1::Category category, std::optional<int64_t> fen_month, Date on, Date today,
                    v1::Determination* determination);

// The 户籍 has moved. Gives the first month of the new side: the one after that of `on`, or after the last
// one that is posted here already. A suspended one counts no more than before. STATE_CONFLICT unless it is
// ACTIVE or SUSPENDED, or `on` is after today.
absl::StatusOr<Month> Move(Date on, Date today, const std::string& hukou_code,
                           v1::Determination* determination);
// The other side has decided: it is over here. False when it waits for no answer.
bool EndMove(v1::Determination* determination);
// The other side did not take it: due again from `from_month`, or suspended again, as if nothing had been.
// False when it waits for no answer.
bool UndoMove(Month from_month, v1::Determination* determination);

// The next month that is due and not posted, up to that of `today`, with its entitlement; nothing when there
// is none.
std::optional<Month> NextDue(const v1::Determination& determination, Date today);

// What time does to an ending one: over when its last month is. True when it changed.
bool Advance(Date today, v1::Determination* determination);
// The child is an adult today, and it is time to look whether it may go on.
bool ComesOfAge(const v1::Determination& determination, Date today);
// When it is to be looked at again: a month to post, the 18th birthday. Far away for one that is over.
Date NextLook(const v1::Determination& determination, Date today);

}  // namespace chuanyu::child_welfare
