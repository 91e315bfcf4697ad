// Of determinations.h: what is kept of a status that is over, and how long.
#include <algorithm>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/child_welfare/determinations.h"

namespace chuanyu::child_welfare {

absl::StatusOr<std::optional<Date>> Determinations::NeededUntil(sql::Session& session,
                                                                const std::string& application_no) const {
  const auto stored = desk_.store().LoadDetermination(session, DeterminationNumber(application_no));
  if (HasReason(stored.status(), Reason::CASE_NOT_FOUND)) return std::optional<Date>(Date());
  if (!stored.ok()) return stored.status();
  if (Holds(stored->determination)) return std::optional<Date>();
  CHUANYU_ASSIGN_OR_RETURN(const Date ended, ParseDate(stored->determination.ended_on().value()));
  Month last(ended);
  // A move that became known late was paid for longer.
  if (const auto posted = ParseMonth(stored->determination.posted_to().value()); posted.ok()) {
    last = std::max(last, *posted);
  }
  return std::optional<Date>(Date(last + 1) - 1);
}

absl::Status Determinations::Erase(sql::Session& session, const std::string& application_no,
                                   const std::string& subject) const {
  auto stored = desk_.store().LoadDetermination(session, DeterminationNumber(application_no));
  if (HasReason(stored.status(), Reason::CASE_NOT_FOUND)) return absl::OkStatus();
  if (!stored.ok()) return stored.status();
  v1::Determination& determination = stored->determination;
  determination.clear_last_day_as_child();
  determination.clear_study_stage();
  determination.clear_moved_to();
  determination.clear_other_benefits();
  CHUANYU_RETURN_IF_ERROR(desk_.store().SaveDetermination(session, &*stored));
  CHUANYU_ASSIGN_OR_RETURN(const auto newest, desk_.store().Newest(session, subject));
  const bool goes_on = newest && (Holds(newest->determination) ||
                                  newest->determination.end_reason() == v1::END_REASON_HUKOU_MOVED);
  return goes_on ? absl::OkStatus() : desk_.store().ForgetSubscriptions(session, subject);
}

absl::StatusOr<bool> Determinations::ForgetAccounts(sql::Session& session,
                                                    const std::string& application_no) const {
  const std::string number = DeterminationNumber(application_no);
  const auto stored = desk_.store().LoadDetermination(session, number);
  if (HasReason(stored.status(), Reason::CASE_NOT_FOUND)) return true;
  if (!stored.ok()) return stored.status();
  const Ledger ledger = LedgerOf(stored->determination);
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<PaidMonth> paid,
                           desk_.months().OfDetermination(session, number));
  const bool recovers = std::any_of(paid.begin(), paid.end(), [&](const PaidMonth& line) {
    return line.fen != 0 && ledger.Of(line.month) == nullptr;  // also where no amount is known
  });
  // What begins in the past begins after what was paid here: that must be found.
  CHUANYU_ASSIGN_OR_RETURN(const bool open,
                           desk_.claims().HasOpen(session, uniqueness::Subject{stored->subject}));
  if (recovers || open) return false;
  CHUANYU_RETURN_IF_ERROR(desk_.months().Forget(session, number));
  CHUANYU_RETURN_IF_ERROR(desk_.store().ForgetSubjectOf(session, number));
  return true;
}

}  // namespace chuanyu::child_welfare
