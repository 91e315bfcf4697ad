// What all work of the service shares: the common desk, the policy and the stores. One object a process;
// thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/disability/v1/disability.pb.h"
#include "chuanyu/disability/v1/provider.pb.h"
#include "common/case_service/case_desk.h"
#include "common/case_service/case_store.h"
#include "common/policy/archive.h"
#include "common/policy/materials.h"
#include "services/disability/config.h"
#include "services/disability/grant_store.h"
#include "services/disability/ledger_store.h"
#include "services/disability/person_registers.h"
#include "services/disability/rules/assessment.h"

namespace chuanyu::disability {

// Methods of DisabilityProvider that are sent to, besides those of all items.
inline constexpr char kQueryStatus[] = "QueryStatus";
inline constexpr char kCompareLedger[] = "CompareLedger";

inline constexpr char kPurpose[] = "P-DIS-APPLY";
inline constexpr char kComparePurpose[] = "P-DIS-RECON";

using StoredApplication = StoredCase<v1::Application>;

class Desk final : public CaseDesk {
 public:
  // `clock` outlives the desk.
  static absl::StatusOr<std::unique_ptr<Desk>> Open(const ServiceConfig& config, const Clock& clock);

  const DisabilityPolicy& policy() const { return *policy_; }
  const ArchiveRule& archive() const { return *archive_; }
  const CaseStoreOf<v1::Application>& store() const { return *store_; }
  const GrantStore& grants() const { return *grants_; }
  const LedgerStore& ledger() const { return ledger_; }
  const PersonRegisters& person_registers() const { return *person_registers_; }

  // Reads what an application says; what it shows must have been valid on the day it was received.
  absl::StatusOr<Claim> ReadClaim(const v1::Application& application) const;
  // What `region` asks for, by what the application says.
  absl::StatusOr<std::vector<cases::v1::Material>> MaterialsOf(const v1::Application& application,
                                                               const std::string& region) const;

 private:
  Desk(const ServiceConfig& config, const Clock& clock);

  std::optional<DisabilityPolicy> policy_;
  std::optional<CaseStoreOf<v1::Application>> store_;
  std::optional<GrantStore> grants_;
  LedgerStore ledger_;
  std::optional<MaterialList> materials_;
  std::optional<ArchiveRule> archive_;
  std::unique_ptr<PersonRegisters> person_registers_;
};

}  // namespace chuanyu::disability
