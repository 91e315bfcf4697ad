// What offices do with statuses that were confirmed: each act by a named officer, of the organisation that
// decided, once for a request_id. Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/service/calls.h"
#include "services/child_welfare/applications.h"
#include "services/child_welfare/desk.h"
#include "services/child_welfare/determinations.h"

namespace chuanyu::child_welfare {

class StatusActs {
 public:
  // All outlive the object.
  StatusActs(const Desk& desk, const Determinations& determinations, Applications& applications)
      : desk_(desk), determinations_(determinations), applications_(applications) {}

  // As the front's calls of these names. CASE_NOT_FOUND for another organisation's.
  absl::StatusOr<v1::GetDeterminationResponse> Get(const std::string& org, const std::string& number) const;
  absl::StatusOr<v1::Determination> End(const Caller& caller,
                                        const v1::EndDeterminationRequest& request) const;
  absl::StatusOr<v1::Determination> Suspend(const Caller& caller,
                                            const v1::SuspendDeterminationRequest& request) const;
  absl::StatusOr<v1::Determination> Resume(const Caller& caller,
                                           const v1::ResumeDeterminationRequest& request) const;
  absl::StatusOr<v1::Determination> Review(const Caller& caller,
                                           const v1::ReviewDeterminationRequest& request) const;
  absl::StatusOr<v1::Determination> StateOtherBenefits(const Caller& caller,
                                                       const v1::StateOtherBenefitsRequest& request) const;
  absl::StatusOr<v1::Determination> Move(const Caller& caller,
                                         const v1::MoveDeterminationRequest& request) const;

 private:
  // `act` happens on the day that `request` names, in the transaction `session`.
  using Act = absl::FunctionRef<absl::Status(sql::Session& session, Date on, v1::Determination* determination,
                                             CaseDesk::Topics* topics)>;
  // What registers say of the parents, of a status of the organisation's. CASE_NOT_FOUND.
  absl::StatusOr<std::vector<v1::ParentCheck>> LookUpFor(const std::string& org,
                                                         const v1::ReviewDeterminationRequest& request) const;
  absl::Status AddMonths(sql::Session& session, const v1::Determination& determination,
                         v1::GetDeterminationResponse* out) const;
  template <typename Request>
  absl::StatusOr<v1::Determination> Once(const Caller& caller, const Request& request, Act act) const;

  const Desk& desk_;
  const Determinations& determinations_;
  Applications& applications_;
};

}  // namespace chuanyu::child_welfare
