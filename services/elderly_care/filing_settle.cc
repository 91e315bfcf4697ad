// What follows an act, whoever did it.
#include "common/base/status_macros.h"
#include "services/elderly_care/filings.h"
#include "services/elderly_care/rules/change.h"

namespace chuanyu::elderly_care {
namespace {

// Before it is submitted no other region knows of it, and there is no claim.
bool IsClaimed(const v1::Filing& filing) { return filing.peer_check() != cases::v1::PEER_CHECK_UNSPECIFIED; }

bool EndsTheClaim(v1::FilingState state) {
  return state == v1::FILING_STATE_TERMINATED || state == v1::FILING_STATE_MOVED_OUT ||
         state == v1::FILING_STATE_WITHDRAWN;
}

}  // namespace

absl::Status Filings::ActAsSystem(sql::Session& session, const std::string& act, StoredFiling* stored,
                                  CaseDesk::Topics* topics) const {
  CHUANYU_RETURN_IF_ERROR(cases::Perform(desk_.flow(), desk_.calendar(), act, {.role = cases::kSystem},
                                         desk_.Today(), stored->application.mutable_steps()));
  return Settle(session, stored, topics);
}

absl::Status Filings::Settle(sql::Session& session, StoredFiling* stored, CaseDesk::Topics* topics) const {
  v1::Filing& filing = stored->application;
  CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&filing));
  CHUANYU_RETURN_IF_ERROR(Forward(session, stored));
  if (StateOf(filing) == v1::FILING_STATE_CHECKING && !filing.missing().empty()) {
    CHUANYU_RETURN_IF_ERROR(cases::Perform(desk_.flow(), desk_.calendar(), "supplement",
                                           {.role = cases::kSystem}, desk_.Today(), filing.mutable_steps()));
  }
  CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&filing));
  CHUANYU_RETURN_IF_ERROR(map_.Publish(session, *stored, topics));
  CHUANYU_RETURN_IF_ERROR(TellWindow(session, *stored));
  // Also in the region of the window alone: its county may have found the premises of a filing of another
  // level.
  if (filing.state() == v1::FILING_STATE_FILED)
    CHUANYU_RETURN_IF_ERROR(unfiled_.PremisesFiled(session, *stored));
  const bool own = stored->window_region == desk_.own_region();
  if (own && IsClaimed(filing) && EndsTheClaim(filing.state())) {
    CHUANYU_RETURN_IF_ERROR(desk_.claims().Release(session, stored->claim_id));
  }
  topics->push_back(filing.application_no());
  return absl::OkStatus();
}

absl::Status Filings::Forward(sql::Session& session, StoredFiling* stored) const {
  v1::Filing& filing = stored->application;
  if (StateOf(filing) != v1::FILING_STATE_FORWARDED) return absl::OkStatus();
  if (desk_.DecidesHere(filing)) {
    return cases::Perform(desk_.flow(), desk_.calendar(), "arrive", {.role = cases::kSystem}, desk_.Today(),
                          filing.mutable_steps());
  }
  // Another region takes it in for a claim that it has granted.
  if (filing.peer_check() != cases::v1::PEER_CHECK_CONFIRMED) return absl::OkStatus();
  v1::PushFilingRequest push;
  push.set_claim_id(stored->claim_id);
  CopyPushed(filing, push.mutable_filing());
  push.mutable_filing()->set_version(filing.version() + 1);  // as it is saved next
  return desk_.Send(session, filing.authority_region().code(), kPushFiling, filing.application_no(), push);
}

absl::Status Filings::TellWindow(sql::Session& session, const StoredFiling& stored) const {
  if (stored.window_region == desk_.own_region()) return absl::OkStatus();
  const v1::Filing& filing = stored.application;
  const bool supplement = filing.state() == v1::FILING_STATE_SUPPLEMENT && !filing.has_pending_change();
  if (!supplement && filing.state() != v1::FILING_STATE_FILED && !EndsTheClaim(filing.state())) {
    return absl::OkStatus();
  }
  v1::ReturnProgressRequest message;
  message.set_application_no(filing.application_no());
  message.set_state(filing.state());
  message.set_version(filing.version() + 1);
  *message.mutable_missing() = filing.missing();
  if (filing.has_receipt()) *message.mutable_receipt() = filing.receipt();
  message.set_end_reason(filing.end_reason());
  return desk_.Send(session, stored.window_region, kReturnProgress, filing.application_no(), message);
}

}  // namespace chuanyu::elderly_care
