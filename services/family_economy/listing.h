// A page of an organisation's checks. Page tokens are opaque and hold only for the organisation and the
// filter they were given for. Blocks; thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "services/family_economy/case_store.h"

namespace chuanyu::family_economy {

class Listing {
 public:
  // All outlive the object; `indexer` signs the tokens.
  Listing(CaseStore& store, const crypto::BlindIndexer& indexer, const Clock& clock)
      : store_(store), indexer_(indexer), clock_(clock) {}

  // BAD_REQUEST, naming the field: page size, an unknown state, a page token of another filter or
  // organisation, a range that ends before it begins, an unknown tier or light. CODE_UNKNOWN for an unknown
  // assist_type; DATE_INVALID.
  absl::StatusOr<v1::ListVerificationsResponse> List(const std::string& org,
                                                     const v1::ListVerificationsRequest& request) const;
  // Of the checks of `org`; of all when it is empty.
  absl::StatusOr<v1::GetVerificationOverviewResponse> Overview(const std::string& org) const;

 private:
  CaseStore& store_;
  const crypto::BlindIndexer& indexer_;
  const Clock& clock_;
};

}  // namespace chuanyu::family_economy
