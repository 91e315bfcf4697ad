// Takes a check in: validates it, asks the own registers, stores it with its questions to other regions, and
// sends these on their way. Blocks; thread-safe.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/uuid.h"
#include "common/clock/clock.h"
#include "common/crypto/blind_index.h"
#include "common/identity/division.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/rules/application.h"
#include "services/family_economy/rules/routing.h"

namespace chuanyu::family_economy {

// The own registers: the same question and the same matrix of fields as for another region. A register that
// is down answers NOT_CHECKED; an error means that none could be asked.
using AskOwnRegisters = std::function<absl::StatusOr<v1::QueryStatusResponse>(
    const v1::QueryStatusRequest& question, const std::string& purpose)>;
// Sends one stored question off; see Remote::Ask.
using AskPeer = std::function<void(const v1::Verification& verification, const std::string& request_id,
                                   const std::string& payload)>;

struct CasesDeps {
  CaseStore& store;
  const DivisionTable& divisions;
  const crypto::BlindIndexer& indexer;
  const Clock& clock;
  std::string own_region;
  std::set<std::string> peer_regions;
  AskOwnRegisters ask_own;
  AskPeer ask_peer;
};

class Cases {
 public:
  explicit Cases(CasesDeps deps) : deps_(std::move(deps)) {}

  // The check as stored, under the organisation of the caller's certificate. A repeat returns the check as it
  // is now, without asking anybody again. Errors as ParseApplication, CheckAuthorization and
  // CaseStore::Create; then nothing is stored and nobody was asked in another region.
  absl::StatusOr<v1::Verification> Create(const std::string& org,
                                          const v1::CreateVerificationRequest& request);

 private:
  RuleContext Now() const;
  BodyMac MacOf(const v1::Verification& verification) const;
  NewCase Compose(const RequestKey& key, const v1::Verification& submitted, const Application& application,
                  const RuleContext& context);
  void AskRegisters(const Application& application, const Member& member,
                    v1::Verification* verification) const;
  void AddQuestion(const Application& application, const Member& member, NewCase* new_case);

  const CasesDeps deps_;
  UuidV7Generator ids_;
};

}  // namespace chuanyu::family_economy
