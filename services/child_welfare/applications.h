// Applications of this region's own offices: taken in, and acted on by named officers. Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/uuid.h"
#include "common/case_service/claim_calls.h"
#include "common/service/calls.h"
#include "services/child_welfare/desk.h"
#include "services/child_welfare/determinations.h"

namespace chuanyu::child_welfare {

class Applications {
 public:
  Applications(Desk& desk, Determinations& determinations, const ClaimCalls& claims)
      : desk_(desk), determinations_(determinations), claims_(claims) {}

  // As the front's calls of these names.
  absl::StatusOr<v1::Application> Create(const Caller& caller, const v1::CreateApplicationRequest& request);
  absl::StatusOr<v1::Application> Perform(const Caller& caller, const v1::PerformStepRequest& request);
  // CASE_NOT_FOUND also for an organisation that has nothing to do with it.
  absl::StatusOr<v1::Application> Get(const std::string& org, const std::string& application_no);
  absl::StatusOr<v1::Determination> End(const Caller& caller, const v1::EndDeterminationRequest& request);
  absl::StatusOr<v1::Determination> GetDetermination(const std::string& org, const std::string& number);

  absl::StatusOr<v1::ListApplicationsResponse> List(const std::string& org,
                                                    const v1::ListApplicationsRequest& request);

  // An application may go on to the place that decides: at once in this region, by message to another as soon
  // as its claim is confirmed.
  absl::Status Forward(sql::Session& session, StoredApplication* stored);

 private:
  // What the organisation filed, or what has come to its counties.
  bool MaySee(const std::string& org, const StoredApplication& stored) const;
  absl::StatusOr<StoredApplication> LoadFor(sql::Session& session, const std::string& org,
                                            const std::string& application_no);
  absl::Status ActOn(sql::Session& session, const Caller& caller, const v1::PerformStepRequest& request,
                     StoredApplication* stored, CaseDesk::Topics* topics);
  absl::Status Approve(sql::Session& session, const Caller& caller, const v1::PerformStepRequest& request,
                       StoredApplication* stored, CaseDesk::Topics* topics);
  absl::Status ReturnToWindow(sql::Session& session, const StoredApplication& stored);

  Desk& desk_;
  Determinations& determinations_;
  const ClaimCalls& claims_;
  UuidV7Generator ids_;
};

// Without what view BASIC does not show.
v1::Application ViewOf(const v1::Application& application, bool full);

}  // namespace chuanyu::child_welfare
