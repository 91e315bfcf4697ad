#include "services/child_welfare/rules/status.h"

#include <algorithm>

#include "common/calendar/proto_date.h"
#include "common/cases/hukou_move.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

// What the service itself wrote; a row that cannot be read would not have been stored.
std::optional<Month> MonthOf(const type::v1::Month& month) {
  const auto parsed = ParseMonth(month.value());
  return parsed.ok() ? std::optional<Month>(*parsed) : std::nullopt;
}

absl::Status Conflict(const char* field, const char* detail) {
  return MakeError(Reason::STATE_CONFLICT, {.field = field, .detail = detail});
}

// Months that are added to it.
Entitlement Going(const v1::Determination& determination, Month from) {
  Entitlement out{.category = determination.category(), .from = from};
  if (determination.has_fen_month()) out.fen_month = determination.fen_month().amount();
  return out;
}

void SetEnd(v1::EndReason reason, Date on, v1::Determination* determination) {
  determination->set_end_reason(reason);
  determination->mutable_ended_on()->set_value(FormatDate(on));
}

void EndSuspension(v1::Determination* determination) {
  determination->clear_suspend_reason();
  determination->clear_suspended_on();
}

// No month after `last` is due.
void EndLedger(Month last, v1::Determination* determination) {
  Ledger ledger = LedgerOf(*determination);
  ledger.EndAfter(last);
  SetLedger(ledger, determination);
}

void GoOn(Month from, v1::Determination* determination) {
  Ledger ledger = LedgerOf(*determination);
  // Never before what was due at the beginning, nor twice.
  from = std::max(from, MonthOf(determination->from_month()).value_or(from));
  if (!ledger.entitlements().empty() && ledger.entitlements().back().to) {
    from = std::max(from, *ledger.entitlements().back().to + 1);
  }
  (void)ledger.Add(Going(*determination, from));  // after all others, which have ends
  SetLedger(ledger, determination);
  determination->set_state(v1::DETERMINATION_STATE_ACTIVE);
}

}  // namespace

bool Holds(const v1::Determination& determination) {
  return determination.state() != v1::DETERMINATION_STATE_UNSPECIFIED &&
         determination.state() != v1::DETERMINATION_STATE_ENDED;
}

bool IsValid(const v1::Determination& determination) {
  return Holds(determination) && !determination.has_suspended_on();
}

bool IsErased(const v1::Determination& determination) { return !determination.has_last_day_as_child(); }

Ledger LedgerOf(const v1::Determination& determination) {
  Ledger out;
  for (const v1::Entitlement& each : determination.entitlements()) {
    const auto from = MonthOf(each.from());
    if (!from) continue;
    Entitlement entitlement{.category = each.category(), .from = *from, .to = MonthOf(each.to())};
    if (each.has_fen_month()) entitlement.fen_month = each.fen_month().amount();
    (void)out.Add(entitlement);  // they were apart when they were stored
  }
  return out;
}

void SetLedger(const Ledger& ledger, v1::Determination* determination) {
  determination->clear_entitlements();
  for (const Entitlement& each : ledger.entitlements()) {
    v1::Entitlement& out = *determination->add_entitlements();
    out.set_category(each.category);
    out.mutable_from()->set_value(FormatMonth(each.from));
    if (each.to) out.mutable_to()->set_value(FormatMonth(*each.to));
    if (each.fen_month) out.mutable_fen_month()->set_amount(*each.fen_month);
  }
}

absl::Status End(v1::EndReason reason, Date on, Date today, v1::Determination* determination) {
  if (on > today) return Conflict("on", "is after today");
  if (!Holds(*determination)) return Conflict("determination_no", "is over");
  const v1::DeterminationState state = determination->state();
  const auto before = DayIn(determination->ended_on());
  if (state == v1::DETERMINATION_STATE_MOVING && reason != v1::END_REASON_DECEASED) {
    return Conflict("determination_no", "its move is not answered");
  }
  if (state == v1::DETERMINATION_STATE_ENDING && before && Month(*before) <= Month(on)) {
    return Conflict("determination_no", "is ending");
  }
  EndLedger(Month(on), determination);
  SetEnd(reason, on, determination);
  const bool counted = IsValid(*determination);
  EndSuspension(determination);
  determination->set_state(v1::DETERMINATION_STATE_ENDING);
  if (!counted || Month(on) < Month(today)) determination->set_state(v1::DETERMINATION_STATE_ENDED);
  return absl::OkStatus();
}

absl::Status Suspend(v1::SuspendReason reason, Date on, Date today, v1::Determination* determination) {
  if (determination->state() != v1::DETERMINATION_STATE_ACTIVE) {
    return Conflict("determination_no", "is not active");
  }
  if (on > today) return Conflict("on", "is after today");
  EndLedger(Month(on), determination);
  determination->set_state(v1::DETERMINATION_STATE_SUSPENDED);
  determination->set_suspend_reason(reason);
  determination->mutable_suspended_on()->set_value(FormatDate(on));
  return absl::OkStatus();
}

absl::Status Resume(Date on, Date today, v1::Determination* determination) {
  if (determination->state() != v1::DETERMINATION_STATE_SUSPENDED) {
    return Conflict("determination_no", "is not suspended");
  }
  if (on > today) return Conflict("on", "is after today");
  if (const auto since = DayIn(determination->suspended_on()); since && on < *since) {
    return Conflict("on", "is before the suspension");
  }
  GoOn(Month(on), determination);
  EndSuspension(determination);
  return absl::OkStatus();
}

absl::Status Review(v1::Category category, std::optional<int64_t> fen_month, Date on, Date today,
                    v1::Determination* determination) {
  if (determination->state() != v1::DETERMINATION_STATE_ACTIVE) {
    return Conflict("determination_no", "is not active");
  }
  if (on > today) return Conflict("on", "is after today");
  if (const auto confirmed = DayIn(determination->confirmed_on()); confirmed && on < *confirmed) {
    return Conflict("on", "is before it was confirmed");
  }
  determination->mutable_confirmed_on()->set_value(FormatDate(on));
  if (category == determination->category()) return absl::OkStatus();
  // What is paid stays paid, as what it was.
  const Month last = std::max(Month(on), MonthOf(determination->posted_to()).value_or(Month(on)));
  EndLedger(last, determination);
  determination->set_category(category);
  determination->clear_fen_month();
  if (fen_month) determination->mutable_fen_month()->set_amount(*fen_month);
  GoOn(last + 1, determination);
  return absl::OkStatus();
}

absl::StatusOr<Month> Move(Date on, Date today, const std::string& hukou_code,
                           v1::Determination* determination) {
  if (determination->state() != v1::DETERMINATION_STATE_ACTIVE &&
      determination->state() != v1::DETERMINATION_STATE_SUSPENDED) {
    return Conflict("determination_no", "is neither active nor suspended");
  }
  if (on > today) return Conflict("on", "is after today");
  const cases::MoveMonths months =
      cases::MonthsOfMove(on, MonthOf(determination->posted_to()), MonthOf(determination->from_month()));
  EndLedger(months.last, determination);
  SetEnd(v1::END_REASON_HUKOU_MOVED, on, determination);
  determination->mutable_moved_to()->set_code(hukou_code);
  determination->set_state(v1::DETERMINATION_STATE_MOVING);
  return months.next;
}

bool EndMove(v1::Determination* determination) {
  if (determination->state() != v1::DETERMINATION_STATE_MOVING) return false;
  EndSuspension(determination);
  determination->set_state(v1::DETERMINATION_STATE_ENDED);
  return true;
}

bool UndoMove(Month from_month, v1::Determination* determination) {
  if (determination->state() != v1::DETERMINATION_STATE_MOVING) return false;
  if (determination->has_suspended_on()) {
    determination->set_state(v1::DETERMINATION_STATE_SUSPENDED);
  } else {
    GoOn(from_month, determination);
  }
  determination->clear_end_reason();
  determination->clear_ended_on();
  determination->clear_moved_to();
  return true;
}

std::optional<Month> NextDue(const v1::Determination& determination, Date today) {
  const auto posted = MonthOf(determination.posted_to());
  const Ledger ledger = LedgerOf(determination);
  for (const Entitlement& each : ledger.entitlements()) {
    const Month next = posted ? std::max(each.from, *posted + 1) : each.from;
    if (each.Covers(next)) return next <= Month(today) ? std::optional<Month>(next) : std::nullopt;
  }
  return std::nullopt;
}

bool Advance(Date today, v1::Determination* determination) {
  if (determination->state() != v1::DETERMINATION_STATE_ENDING) return false;
  const auto on = DayIn(determination->ended_on());
  if (on && Month(today) <= Month(*on)) return false;
  determination->set_state(v1::DETERMINATION_STATE_ENDED);
  return true;
}

bool ComesOfAge(const v1::Determination& determination, Date today) {
  if (determination.state() != v1::DETERMINATION_STATE_ACTIVE &&
      determination.state() != v1::DETERMINATION_STATE_SUSPENDED) {
    return false;
  }
  const auto last_day = DayIn(determination.last_day_as_child());
  const auto review = DayIn(determination.next_review());
  return last_day && today > *last_day && (!review || today >= *review);
}

Date NextLook(const v1::Determination& determination, Date today) {
  if (!Holds(determination)) return Date(9999, 12, 31);
  Date next(Month(today) + 1);
  const auto consider = [&](std::optional<Date> day) {
    if (day && *day > today) next = std::min(next, *day);
  };
  consider(DayIn(determination.next_review()));
  if (const auto last_day = DayIn(determination.last_day_as_child())) consider(*last_day + 1);
  return next;
}

}  // namespace chuanyu::child_welfare
