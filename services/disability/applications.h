// Applications for subsidies, and what a county makes of them: common/case_service's CaseWork and MovingCases
// with the rules of the item. Blocks; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/case_service/case_moves.h"
#include "services/disability/comparisons.h"
#include "services/disability/desk.h"
#include "services/disability/grants.h"

namespace chuanyu::disability {

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
  using LookedUp = std::vector<v1::RegisterCheck>;
  static bool ParseState(const std::string& name, State* out) {
    return v1::ApplicationState_Parse(name, out);
  }
  static std::string StateName(State state) { return v1::ApplicationState_Name(state); }
};

class Applications final : public MovingCases<Messages> {
 public:
  Applications(const Desk& desk, const Grants& grants, const Comparisons& comparisons,
               const ClaimCalls& claims)
      : MovingCases(desk, desk.store(), claims, "E"),
        desk_(desk),
        grants_(grants),
        comparisons_(comparisons) {}

  // The 户籍 of a person has moved to `hukou_code`: what `org` pays goes on there, in the caller's
  // transaction. `officer_id`: who says so; empty for the service itself. Number of what carries it over;
  // STATE_CONFLICT when nothing is in force, those of FileTransfer and ReadClaim.
  absl::StatusOr<std::string> MoveTo(sql::Session& session, const std::string& subject,
                                     const std::string& org, const std::string& hukou_code, Date on,
                                     const std::string& officer_id, Topics* topics);

  // What the place that decides about `created` asks for, by what `stated` says of it; nothing for a repeat
  // that today's list does not cover: what was new had one.
  std::vector<cases::v1::Material> MaterialsOf(const v1::Application& stated,
                                               const v1::Application& created) const {
    return desk_.MaterialsOf(stated, created.deciding_region().code())
        .value_or(std::vector<cases::v1::Material>());
  }

 private:
  absl::StatusOr<CaseFacts> FactsOf(const v1::Application& application) const override;
  absl::Status CheckFiling(const v1::Application& application, const CaseFacts& facts) const override {
    return desk_.MaterialsOf(application, facts.hukou_region).status();
  }
  std::string HukouOf(const v1::Application& application) const override;
  absl::Status NotHukou() const override;
  bool OwnOutputsEmpty(const v1::Application& application) const override;
  void CopyPushed(const v1::Application& from, v1::Application* to) const override;
  void CopyResult(const v1::Application& from, v1::ReturnResultRequest* to) const override;
  void CopyResult(const v1::ReturnResultRequest& from, v1::Application* to) const override;
  void Correct(const v1::Application& correction, v1::Application* application) const override;
  v1::Application Basic(const v1::Application& application) const override;
  // What the rules say, when this region decides.
  void Derive(v1::Application* application) const override;
  // Asks every other region what it pays.
  absl::Status ArrivedHere(sql::Session& session, StoredApplication* stored) override;
  // By the officers of the 户籍 and of 残联, who look things up: in registers.
  bool Examines(const v1::PerformStepRequest& request) const override;
  std::vector<v1::RegisterCheck> LookUp(const v1::Application& application,
                                        const v1::PerformStepRequest& request) const override;
  // Takes in what was found, by officers and in registers.
  absl::Status Before(sql::Session& session, const Caller& caller, const v1::PerformStepRequest& request,
                      const std::vector<v1::RegisterCheck>& checks, StoredApplication* stored,
                      Topics* topics) override;
  absl::Status TakeFindings(const v1::PerformStepRequest& request,
                            const std::vector<v1::RegisterCheck>& checks, v1::Application* application) const;
  absl::Status Decide(sql::Session& session, const Caller& caller, const v1::PerformStepRequest& request,
                      StoredApplication* stored, Topics* topics) override;
  // What is paid ends with the month of the death, and nothing is proposed or granted any more.
  absl::Status Died(sql::Session& session, const std::string& subject, Date day, Topics* topics) override;
  absl::Status Stop(sql::Session& session, StoredApplication* stored, Topics* topics) override;
  absl::Status MoveAnswered(sql::Session& session, const v1::Application& moved, MoveEnd end,
                            Topics* topics) override;
  absl::StatusOr<std::vector<std::string>> InForceBy(sql::Session& session,
                                                     const std::string& subject) override;
  absl::StatusOr<bool> MoveAway(sql::Session& session, const std::string& subject,
                                const std::string& hukou_code, Date on, Topics* topics) override;
  absl::Status EndMovedAway(sql::Session& session, const std::string& subject, Date on,
                            Topics* topics) override;
  // Files what carries grants over to the region that they have as moved_to; `next`: the first month of each
  // there.
  absl::StatusOr<std::string> FileMove(sql::Session& session, const std::vector<StoredGrant>& moved,
                                       const std::vector<Month>& next, Date on, Topics* topics);
  absl::Status TakeOther(sql::Session& session, const OutboxMessage& message, const std::string& payload,
                         Topics* topics) override;

  absl::StatusOr<std::optional<Date>> NeededUntil(sql::Session& session,
                                                  const StoredApplication& stored) const override;
  absl::StatusOr<std::optional<Date>> AccountsKeptAfter() const override;
  absl::StatusOr<bool> ForgetAccounts(sql::Session& session,
                                      const std::string& application_no) const override;
  absl::Status Erase(sql::Session& session, StoredApplication* stored) const override;

  // By the rules, the own grants not looked at.
  absl::StatusOr<std::vector<Assessment>> AssessAll(const v1::Application& application,
                                                    const Claim& claim) const;

  const Desk& desk_;
  const Grants& grants_;
  const Comparisons& comparisons_;
};

}  // namespace chuanyu::disability
