// RevealPersons and ListAuditEvents: persons in clear for those who may, with an event for auditors before
// anybody sees anything. Blocks; thread-safe.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "common/service/calls.h"
#include "services/family_economy/audit_store.h"
#include "services/family_economy/case_store.h"

namespace chuanyu::family_economy {

class RevealDesk {
 public:
  struct Deps {
    CaseStore& store;
    AuditStore& audit;
    const crypto::BlindIndexer& indexer;  // signs page tokens
    const Clock& clock;
    std::set<std::string> systems;  // "<org>/<system>" of those that may
  };
  explicit RevealDesk(Deps deps) : deps_(std::move(deps)) {}

  // BAD_REQUEST as CheckReveal and CheckNamesNobody; POLICY_DENIED for a system that may not; CASE_NOT_FOUND;
  // STATE_CONFLICT for a check whose persons are erased; STORE_UNAVAILABLE, and nothing is shown, when the
  // event cannot be kept.
  absl::StatusOr<v1::RevealPersonsResponse> Reveal(const Caller& caller,
                                                   const v1::RevealPersonsRequest& request) const;
  // BAD_REQUEST for a page size or token.
  absl::StatusOr<v1::ListAuditEventsResponse> List(const Caller& auditor,
                                                   const v1::ListAuditEventsRequest& request) const;

 private:
  absl::Status Keep(v1::AuditEventKind kind, const Caller& caller,
                    const v1::RevealPersonsRequest& request) const;

  const Deps deps_;
};

}  // namespace chuanyu::family_economy
