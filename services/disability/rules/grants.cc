#include "services/disability/rules/grants.h"

#include <algorithm>

#include "common/cases/hukou_move.h"
#include "common/errors/error.h"

namespace chuanyu::disability {
namespace {

// What the service itself wrote; a row that cannot be read would not have been stored.
std::optional<Month> MonthOf(const type::v1::Month& month) {
  const auto parsed = ParseMonth(month.value());
  return parsed.ok() ? std::optional<Month>(*parsed) : std::nullopt;
}

absl::Status Conflict(const char* field, const char* detail) {
  return MakeError(Reason::STATE_CONFLICT, {.field = field, .detail = detail});
}

Month FromOf(const v1::Grant& grant) { return MonthOf(grant.from_month()).value_or(Month(9999, 12)); }

void SetReason(v1::StopReason reason, Date on, v1::Grant* grant) {
  grant->set_reason(reason);
  grant->mutable_reason_on()->set_value(FormatDate(on));
}

void EndWith(Month last, v1::Grant* grant) { grant->mutable_to_month()->set_value(FormatMonth(last)); }

// Nothing of it is paid any more after the month of `today`.
bool OverOn(const v1::Grant& grant, Date today) {
  const auto to = MonthOf(grant.to_month());
  return to && *to < Month(today);
}

}  // namespace

Month FirstMonth(Date received, std::optional<Date> hukou_since, std::optional<Month> earlier_to) {
  Month first(received);
  if (hukou_since) first = std::max(first, Month(*hukou_since) + 1);
  if (earlier_to) first = std::max(first, *earlier_to + 1);
  return first;
}

absl::StatusOr<std::vector<Month>> Stop(v1::StopReason reason, Date on, Date today, v1::Grant* grant) {
  if (grant->state() == v1::GRANT_STATE_STOPPED) return Conflict("grant_no", "is over");
  if (on > today) return Conflict("on", "is after today");
  const Month last(on);
  const auto to = MonthOf(grant->to_month());
  // Whatever becomes of a move, nobody is paid after a death.
  const bool moving = grant->state() == v1::GRANT_STATE_MOVING;
  if (moving && reason != v1::STOP_REASON_DEATH) return Conflict("grant_no", "its move is not answered");
  if (to && *to <= last && !moving) return Conflict("on", "it ends before already");
  EndWith(to ? std::min(*to, last) : last, grant);
  if (moving)
    grant->set_state(grant->has_suspended_from() ? v1::GRANT_STATE_SUSPENDED : v1::GRANT_STATE_PAYING);
  SetReason(reason, on, grant);
  std::vector<Month> recover;
  if (const auto posted = MonthOf(grant->posted_to())) {
    for (Month month = std::max(*MonthOf(grant->to_month()) + 1, FromOf(*grant)); month <= *posted; ++month)
      recover.push_back(month);
  }
  if (OverOn(*grant, today)) grant->set_state(v1::GRANT_STATE_STOPPED);
  return recover;
}

absl::Status Suspend(v1::StopReason reason, Date on, Date today, v1::Grant* grant) {
  if (grant->state() != v1::GRANT_STATE_PAYING && grant->state() != v1::GRANT_STATE_APPROVED) {
    return Conflict("grant_no", "is not paid");
  }
  if (on > today) return Conflict("on", "is after today");
  grant->set_state(v1::GRANT_STATE_SUSPENDED);
  grant->mutable_suspended_from()->set_value(FormatMonth(Month(on) + 1));
  SetReason(reason, on, grant);
  return absl::OkStatus();
}

absl::Status Resume(Date on, Date today, v1::Grant* grant) {
  if (grant->state() != v1::GRANT_STATE_SUSPENDED) return Conflict("grant_no", "is not suspended");
  if (on > today) return Conflict("on", "is after today");
  const Month from = MonthOf(grant->suspended_from()).value_or(Month(on));
  if (Month(on) + 1 < from) return Conflict("on", "is before the suspension");
  grant->set_state(v1::GRANT_STATE_PAYING);
  // The months between are passed over, as if they were posted.
  const Month before = Month(on) - 1;
  const auto posted = MonthOf(grant->posted_to());
  if (before >= FromOf(*grant) && (!posted || *posted < before)) {
    grant->mutable_posted_to()->set_value(FormatMonth(before));
  }
  grant->clear_suspended_from();
  grant->clear_reason();
  grant->clear_reason_on();
  return absl::OkStatus();
}

absl::StatusOr<Month> Move(Date on, Date today, const std::string& hukou_code, v1::Grant* grant) {
  if (!IsActive(*grant)) return Conflict("grant_no", "is over, ends or moves already");
  if (on > today) return Conflict("on", "is after today");
  const cases::MoveMonths months =
      cases::MonthsOfMove(on, MonthOf(grant->posted_to()), MonthOf(grant->from_month()));
  EndWith(months.last, grant);
  grant->mutable_moved_to()->set_code(hukou_code);
  // Why it is suspended stays: it may come back.
  if (grant->state() != v1::GRANT_STATE_SUSPENDED) SetReason(v1::STOP_REASON_HUKOU_OUT, on, grant);
  grant->set_state(v1::GRANT_STATE_MOVING);
  return months.next;
}

bool EndMove(v1::Grant* grant, Date on) {
  if (grant->state() != v1::GRANT_STATE_MOVING) return false;
  grant->set_state(v1::GRANT_STATE_STOPPED);
  grant->clear_suspended_from();
  SetReason(v1::STOP_REASON_HUKOU_OUT, on, grant);
  return true;
}

bool UndoMove(v1::Grant* grant) {
  if (grant->state() != v1::GRANT_STATE_MOVING) return false;
  grant->clear_to_month();
  grant->clear_moved_to();
  if (grant->has_suspended_from()) {
    grant->set_state(v1::GRANT_STATE_SUSPENDED);
    return true;
  }
  grant->set_state(grant->has_posted_to() ? v1::GRANT_STATE_PAYING : v1::GRANT_STATE_APPROVED);
  grant->clear_reason();
  grant->clear_reason_on();
  return true;
}

std::optional<Month> NextDue(const v1::Grant& grant, Date today) {
  if (grant.state() == v1::GRANT_STATE_STOPPED) return std::nullopt;
  const auto posted = MonthOf(grant.posted_to());
  const Month next = posted ? *posted + 1 : FromOf(grant);
  if (next > Month(today)) return std::nullopt;
  const auto to = MonthOf(grant.to_month());
  if (to && next > *to) return std::nullopt;
  const auto suspended = MonthOf(grant.suspended_from());
  if (suspended && next >= *suspended) return std::nullopt;
  return next;
}

bool Advance(Date today, v1::Grant* grant) {
  if (grant->state() == v1::GRANT_STATE_STOPPED) return false;
  bool changed = false;
  const auto cert = ParseDate(grant->cert_valid_to().value());
  const auto to = MonthOf(grant->to_month());
  if (cert.ok() && *cert < today && (!to || Month(*cert) < *to)) {
    EndWith(Month(*cert), grant);
    SetReason(v1::STOP_REASON_CERT_EXPIRED, *cert, grant);
    changed = true;
  }
  if (grant->state() == v1::GRANT_STATE_APPROVED && grant->has_posted_to()) {
    grant->set_state(v1::GRANT_STATE_PAYING);
    changed = true;
  }
  // One that moves waits for its answer.
  if (grant->state() != v1::GRANT_STATE_MOVING && OverOn(*grant, today) && !NextDue(*grant, today)) {
    grant->set_state(v1::GRANT_STATE_STOPPED);
    changed = true;
  }
  return changed;
}

std::optional<Date> NextLook(const v1::Grant& grant, Date today) {
  if (grant.state() == v1::GRANT_STATE_STOPPED) return std::nullopt;
  return Date(Month(today) + 1);
}

bool IsActive(const v1::Grant& grant) {
  return grant.state() != v1::GRANT_STATE_UNSPECIFIED && grant.state() != v1::GRANT_STATE_STOPPED &&
         !grant.has_to_month();
}

}  // namespace chuanyu::disability
