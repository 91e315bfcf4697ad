// Applications for the status of a child, and what a county makes of them: common/case_service's CaseWork
// with the rules of the item. Blocks; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/case_service/case_work.h"
#include "services/child_welfare/desk.h"
#include "services/child_welfare/determinations.h"

namespace chuanyu::child_welfare {

struct Messages {
  using Application = v1::Application;
  using State = v1::ApplicationState;
  using CreateRequest = v1::CreateApplicationRequest;
  using PerformRequest = v1::PerformStepRequest;
  using ListRequest = v1::ListApplicationsRequest;
  using ListResponse = v1::ListApplicationsResponse;
  using WatchResponse = v1::WatchApplicationResponse;
  using PushRequest = v1::PushApplicationRequest;
  using PushResponse = v1::PushApplicationResponse;
  using ResultRequest = v1::ReturnResultRequest;
  static bool ParseState(const std::string& name, State* out) {
    return v1::ApplicationState_Parse(name, out);
  }
  static std::string StateName(State state) { return v1::ApplicationState_Name(state); }
};

class Applications final : public CaseWork<Messages> {
 public:
  Applications(const Desk& desk, Determinations& determinations, const ClaimCalls& claims)
      : CaseWork(desk, desk.store(), claims, "B"), desk_(desk), determinations_(determinations) {}

  // As the front's calls of these names.
  absl::StatusOr<v1::Determination> End(const Caller& caller, const v1::EndDeterminationRequest& request);
  absl::StatusOr<v1::Determination> GetDetermination(const std::string& org, const std::string& number);

 private:
  absl::StatusOr<CaseFacts> FactsOf(const v1::Application& application) const override;
  std::string HukouOf(const v1::Application& application) const override;
  absl::Status NotHukou() const override;
  bool OwnOutputsEmpty(const v1::Application& application) const override;
  void CopyPushed(const v1::Application& from, v1::Application* to) const override;
  void CopyResult(const v1::Application& from, v1::ReturnResultRequest* to) const override;
  void CopyResult(const v1::ReturnResultRequest& from, v1::Application* to) const override;
  void Correct(const v1::Application& correction, v1::Application* application) const override;
  v1::Application Basic(const v1::Application& application) const override;
  // The proposal, when this region decides.
  void Derive(v1::Application* application) const override;
  // DUP_BENEFIT while the child has a status here.
  absl::Status CheckNew(sql::Session& session, const StoredApplication& stored) override;
  absl::Status Decide(sql::Session& session, const Caller& caller, const v1::PerformStepRequest& request,
                      StoredApplication* stored, Topics* topics) override;

  const Desk& desk_;
  Determinations& determinations_;
};

}  // namespace chuanyu::child_welfare
