// Of grants.h: what is kept of subsidies that are over, and how long.
#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/disability/grants.h"

namespace chuanyu::disability {

absl::StatusOr<std::vector<StoredGrant>> Grants::Of(sql::Session& session,
                                                    const std::string& application_no) const {
  std::vector<StoredGrant> out;
  for (const v1::Benefit benefit : kBenefits) {
    auto stored = desk_.grants().Load(session, GrantNumber(application_no, benefit));
    if (HasReason(stored.status(), Reason::CASE_NOT_FOUND)) continue;
    if (!stored.ok()) return stored.status();
    out.push_back(*std::move(stored));
  }
  return out;
}

absl::StatusOr<std::optional<Date>> Grants::NeededUntil(sql::Session& session,
                                                        const std::string& application_no) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<StoredGrant> granted, Of(session, application_no));
  Date last;
  for (const StoredGrant& each : granted) {
    if (each.grant.state() != v1::GRANT_STATE_STOPPED) return std::optional<Date>();
    CHUANYU_ASSIGN_OR_RETURN(const Month to, ParseMonth(each.grant.to_month().value()));
    last = std::max(last, Date(to + 1) - 1);
  }
  return std::optional<Date>(last);
}

absl::Status Grants::Erase(sql::Session& session, const std::string& application_no) const {
  CHUANYU_ASSIGN_OR_RETURN(std::vector<StoredGrant> granted, Of(session, application_no));
  for (StoredGrant& each : granted) {
    each.grant.clear_cert_valid_to();
    each.grant.clear_moved_to();
    each.grant.clear_reason();
    CHUANYU_RETURN_IF_ERROR(desk_.grants().Save(session, &each, desk_.Today()));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Grants::ForgetAccounts(sql::Session& session, const std::string& application_no) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<StoredGrant> granted, Of(session, application_no));
  for (const StoredGrant& each : granted) {
    CHUANYU_ASSIGN_OR_RETURN(const bool settled, recoveries_.IsSettled(session, each.grant));
    // What begins in the past begins after what was paid here: that must be found.
    CHUANYU_ASSIGN_OR_RETURN(const bool open,
                             desk_.claims().HasOpen(session, uniqueness::Subject{each.subject}));
    if (!settled || open) return false;
  }
  for (const StoredGrant& each : granted) {
    CHUANYU_RETURN_IF_ERROR(desk_.ledger().Forget(session, each.grant.grant_no()));
    CHUANYU_RETURN_IF_ERROR(desk_.grants().ForgetSubjectOf(session, each.grant.grant_no()));
  }
  return true;
}

}  // namespace chuanyu::disability
