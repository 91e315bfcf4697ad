// What all work of the service shares: the common desk, the policy, and the steps that more than one act
// takes. One object a process; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/provider.pb.h"
#include "common/case_service/case_desk.h"
#include "common/clock/timestamp.h"
#include "common/merkle/note_key.h"
#include "common/policy/archive.h"
#include "common/policy/materials.h"
#include "services/child_welfare/benefit_registers.h"
#include "services/child_welfare/case_store.h"
#include "services/child_welfare/config.h"
#include "services/child_welfare/month_store.h"
#include "services/child_welfare/parent_registers.h"
#include "services/child_welfare/rules/application.h"

namespace chuanyu::child_welfare {

// Methods of ChildWelfareProvider that are sent to.
inline constexpr char kStatusChanged[] = "StatusChanged";
inline constexpr char kCheckStatus[] = "CheckStatus";

inline constexpr char kPurpose[] = "P-CHILD";                 // 认定
inline constexpr char kServicePurpose[] = "P-CHILD-SERVICE";  // education, health: the status alone

// Names under which watchers wait.
inline std::string OrgTopic(const std::string& org) { return "org/" + org; }

class Desk final : public CaseDesk {
 public:
  // CONFIG_INVALID also for a flow with a public notice. `clock` outlives the desk.
  static absl::StatusOr<std::unique_ptr<Desk>> Open(const ServiceConfig& config, const Clock& clock);

  const ChildPolicy& policy() const { return *policy_; }
  const ArchiveRule& archive() const { return *archive_; }
  const CaseStore& store() const { return *store_; }
  const MonthStore& months() const { return months_; }
  const ParentRegisters& parent_registers() const { return *parent_registers_; }
  const BenefitRegisters& benefit_registers() const { return *benefit_registers_; }
  const std::vector<merkle::NoteSigner>& signers() const { return signers_; }
  absl::StatusOr<PolicyDay> PolicyToday() const { return policy_->On(Today()); }

  // Reads what the application says, by the policy of today.
  absl::StatusOr<ChildApplication> Parse(const v1::Application& application) const;
  // What `region` asks for, by what the application says.
  absl::StatusOr<std::vector<cases::v1::Material>> MaterialsOf(const v1::Application& application,
                                                               const std::string& region) const;

 private:
  Desk(const ServiceConfig& config, const Clock& clock);

  std::unique_ptr<ChildPolicy> policy_;
  std::unique_ptr<CaseStore> store_;
  MonthStore months_;
  std::unique_ptr<ParentRegisters> parent_registers_;
  std::unique_ptr<BenefitRegisters> benefit_registers_;
  std::unique_ptr<MaterialList> materials_;
  std::unique_ptr<ArchiveRule> archive_;
  std::vector<merkle::NoteSigner> signers_;
};

}  // namespace chuanyu::child_welfare
