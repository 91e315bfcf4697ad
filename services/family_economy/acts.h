// What callers do to a check that is there: cancel it, withdraw its authorisation, contest, enter what a
// proposal needs, decide, archive.
// Each is done once however often it is asked for. Blocks; thread-safe.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "common/identity/division.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/cases.h"
#include "services/family_economy/rounds.h"

namespace chuanyu::family_economy {

struct ActsDeps {
  CaseStore& store;
  const DivisionTable& divisions;
  const crypto::BlindIndexer& indexer;
  const Clock& clock;
  std::string own_region;
  Rounds& rounds;
  AskPeer ask_peer;
  // Runs after each change of a check; questions may wait to be withdrawn then.
  std::function<void(const std::string& verification_no)> changed;
  int auth_max_days = 0;  // as RuleContext
};

// Errors of all: BAD_REQUEST for a malformed request_id, those of CaseStore::Perform, STATE_CONFLICT. Of
// those that go on with a check (review, redispatch, propose, decide) also STALE_VERSION when the members of
// its household have changed since.
class Acts {
 public:
  explicit Acts(ActsDeps deps) : deps_(std::move(deps)) {}

  absl::StatusOr<v1::Verification> Cancel(const Caller& caller, const v1::CancelVerificationRequest& request);
  absl::StatusOr<CaseStore::Revocation> Revoke(const Caller& caller,
                                               const v1::RevokeAuthorizationRequest& request);
  // Also the errors of CheckReview, ParseApplication and CheckAuthorization: nobody is asked again under an
  // authorisation that does not hold any more.
  absl::StatusOr<v1::Verification> RequestReview(const Caller& caller,
                                                 const v1::RequestReviewRequest& request);
  // Also those of CheckRedispatch, ParseApplication, CheckAuthorization and CaseStore::Create.
  absl::StatusOr<v1::Verification> Redispatch(const Caller& caller,
                                              const v1::RedispatchVerificationRequest& request);
  // Also those of CheckEconomy.
  absl::StatusOr<v1::Verification> Propose(const Caller& caller, const v1::ProposeAssessmentRequest& request);
  // Also those of CheckDecision.
  absl::StatusOr<v1::Verification> Decide(const Caller& caller, const v1::DecideVerificationRequest& request);
  // Also those of CheckRecordProcedure and CheckProcedure.
  absl::StatusOr<v1::Verification> RecordProcedure(const Caller& caller,
                                                   const v1::RecordProcedureRequest& request);
  absl::StatusOr<v1::Verification> Archive(const Caller& caller,
                                           const v1::ArchiveVerificationRequest& request);

 private:
  template <typename Request>
  absl::StatusOr<ActOn> ActFor(const Caller& caller, const Request& request) const;
  absl::StatusOr<v1::Verification> Perform(const ActOn& act, const Questions& questions,
                                           CaseStore::ActFn change);
  // The questions of a round that an act has begun, unless they are another request's.
  void AskRound(const v1::Verification& after, const Questions& questions) const;
  // What the check asked about, under today's rules: nobody is asked again under an authorisation that does
  // not hold any more.
  absl::StatusOr<Application> ReadAgain(const v1::Verification& submitted, absl::Time now) const;

  const ActsDeps deps_;
};

}  // namespace chuanyu::family_economy
