// Takes a check in: validates it, asks the own registers, stores it with its questions to other regions, and
// sends these on their way. Blocks; thread-safe.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "common/identity/division.h"
#include "common/service/calls.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rounds.h"
#include "services/family_economy/rules/application.h"

namespace chuanyu::family_economy {

// Sends one stored question off; see Remote::Ask.
using AskPeer = std::function<void(const v1::Verification& verification, const std::string& request_id,
                                   const std::string& payload)>;

struct CasesDeps {
  CaseStore& store;
  const DivisionTable& divisions;
  const crypto::BlindIndexer& indexer;
  const Clock& clock;
  std::string own_region;
  Rounds& rounds;
  AskPeer ask_peer;
  int auth_max_days = 0;  // as RuleContext
};

// Of all members, in their order.
std::vector<IndexedMember> IndexMembers(const Application& application, const crypto::BlindIndexer& indexer);
// What tells this household from another version of it; its number comes with CaseStore::Create.
HouseholdVersion IndexHousehold(const v1::Household& household, const Application& application,
                                const crypto::BlindIndexer& indexer);

class Cases {
 public:
  explicit Cases(CasesDeps deps) : deps_(std::move(deps)) {}

  // The check as stored, under the organisation of the caller's certificate. A repeat returns the check as it
  // is now, without asking anybody again. Errors as ParseApplication, CheckAuthorization,
  // CheckEconomy and CaseStore::Create; then nothing is stored and nobody was asked in another region.
  absl::StatusOr<v1::Verification> Create(const Caller& caller, const v1::CreateVerificationRequest& request);

 private:
  RuleContext Now() const;
  BodyMac MacOf(const v1::Verification& verification) const;
  // Over household, members and file: what an authorisation was given for.
  BodyMac DocumentMac(const v1::Verification& verification, const Application& application) const;
  absl::StatusOr<NewCase> Compose(const Caller& caller, const v1::CreateVerificationRequest& request,
                                  const Application& application, const RuleContext& context) const;

  const CasesDeps deps_;
};

}  // namespace chuanyu::family_economy
