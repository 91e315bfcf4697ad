// What all work of the service shares: the common desk, the policy, and the steps that more than one act
// takes. One object a process; thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/elderly_care/v1/provider.pb.h"
#include "common/case_service/case_desk.h"
#include "services/elderly_care/config.h"
#include "services/elderly_care/rules/filing.h"
#include "services/elderly_care/store.h"

namespace chuanyu::elderly_care {

// Methods of ElderlyCareProvider that are sent to.
inline constexpr char kPushFiling[] = "PushFiling";
inline constexpr char kReturnProgress[] = "ReturnProgress";
inline constexpr char kSendMap[] = "SendMap";
inline constexpr char kMapChanged[] = "MapChanged";
inline constexpr char kQueryStatus[] = "QueryStatus";

inline constexpr char kPurpose[] = "P-ELDER-FILE";
inline constexpr char kMapPurpose[] = "P-ELDER-MAP";
inline constexpr char kSubsidyPurpose[] = "P-ELDER-SUBSIDY";  // 政策跟着老人走: status and number alone

// Name under which watchers of the map wait.
inline constexpr char kMapTopic[] = "map";

class Desk final : public CaseDesk {
 public:
  // `clock` outlives the desk.
  static absl::StatusOr<std::unique_ptr<Desk>> Open(const ServiceConfig& config, const Clock& clock);

  const Store& store() const { return *store_; }
  absl::StatusOr<PolicyDay> PolicyToday() const { return policy_->On(Today()); }

  // Reads what the filing says, by the policy of today.
  absl::StatusOr<ParsedFiling> Parse(const v1::Filing& filing) const;
  // Sets what follows from the steps and the day: state, light, last day of the on-site check, authority.
  absl::Status Refresh(v1::Filing* filing) const;
  bool DecidesHere(const v1::Filing& filing) const {
    return filing.authority_region().code() == own_region();
  }
  // Whether the organisation acts for the authority that is competent today.
  bool ActsFor(const std::string& org, const v1::Filing& filing) const;

 private:
  Desk(const ServiceConfig& config, const Clock& clock);

  std::unique_ptr<ElderPolicy> policy_;
  std::unique_ptr<Store> store_;
};

// Of the current step, whose names are those of the enum.
v1::FilingState StateOf(const v1::Filing& filing);

}  // namespace chuanyu::elderly_care
