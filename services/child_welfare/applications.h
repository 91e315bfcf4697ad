// Applications for the status of a child, and what a county makes of them: common/case_service's CaseWork and
// MovingCases with the rules of the item. Blocks; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/case_service/case_moves.h"
#include "services/child_welfare/desk.h"
#include "services/child_welfare/determinations.h"

namespace chuanyu::child_welfare {

// What registers said before an act.
struct RegisterChecks {
  std::vector<v1::ParentCheck> parents;
  BenefitChecks benefits;
};

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
  using LookedUp = RegisterChecks;
  static bool ParseState(const std::string& name, State* out) {
    return v1::ApplicationState_Parse(name, out);
  }
  static std::string StateName(State state) { return v1::ApplicationState_Name(state); }
};

class Applications final : public MovingCases<Messages> {
 public:
  Applications(const Desk& desk, const Determinations& determinations, const ClaimCalls& claims)
      : MovingCases(desk, desk.store(), claims, "B"), desk_(desk), determinations_(determinations) {}

  // The 户籍 of the child has moved to `hukou_code`: files what carries the status over to its region, in the
  // caller's transaction. It goes out once every region agrees that there is no other application.
  // PEER_UNAVAILABLE for a region that is not reached, BAD_REQUEST for the own one, DUP_ACTIVE_APPLICATION,
  // and those of rules/status.h's Move and of ParseChildApplication.
  absl::Status MoveTo(sql::Session& session, const std::string& hukou_code, Date on,
                      v1::Determination* determination, Topics* topics);
  // What the place that decides about `created` asks for, by what `stated` says of it; nothing for a repeat
  // that today's list does not cover: what was new had one.
  std::vector<cases::v1::Material> MaterialsOf(const v1::Application& stated,
                                               const v1::Application& created) const {
    return desk_.MaterialsOf(stated, created.deciding_region().code())
        .value_or(std::vector<cases::v1::Material>());
  }

  // What registers say of the parents of an application, as `stated` has them now; outside of any
  // transaction.
  std::vector<v1::ParentCheck> LookUpParents(
      const v1::Application& application,
      const google::protobuf::RepeatedPtrField<v1::ParentFact>& stated) const;
  // What is stated of the child that was decided about is `review`'s now, in the caller's transaction: what
  // the rules make of it. Those of ParseChildApplication and of rules/assessment.h's Decide.
  struct Restated {
    ChildApplication application;
    Assessment assessment;
    v1::Category category = v1::CATEGORY_UNSPECIFIED;
  };
  absl::StatusOr<Restated> Restate(sql::Session& session, const std::string& application_no,
                                   const v1::ReviewDeterminationRequest& review,
                                   const std::vector<v1::ParentCheck>& checks) const;

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
  // The proposal, when this region decides.
  void Derive(v1::Application* application) const override;
  // By the officers of the 户籍, who look things up: in registers.
  bool Examines(const v1::PerformStepRequest& request) const override;
  RegisterChecks LookUp(const v1::Application& application,
                        const v1::PerformStepRequest& request) const override;
  // What an officer found replaces what was stated; registers say whether it is so.
  absl::Status Before(sql::Session& session, const Caller& caller, const v1::PerformStepRequest& request,
                      const RegisterChecks& checks, StoredApplication* stored, Topics* topics) override;
  // DUP_BENEFIT while the child has a status here, unless it is what carries that over.
  absl::Status CheckNew(sql::Session& session, const StoredApplication& stored) override;
  absl::Status Decide(sql::Session& session, const Caller& caller, const v1::PerformStepRequest& request,
                      StoredApplication* stored, Topics* topics) override;

  // Ends at once when a death is known; what was carried over needs no second examination while what the
  // former side confirmed is recent.
  absl::Status ArrivedHere(sql::Session& session, StoredApplication* stored) override;
  absl::Status MoveAnswered(sql::Session& session, const v1::Application& moved, MoveEnd end,
                            Topics* topics) override;
  absl::StatusOr<std::vector<std::string>> InForceBy(sql::Session& session,
                                                     const std::string& subject) override;
  absl::StatusOr<bool> MoveAway(sql::Session& session, const std::string& subject,
                                const std::string& hukou_code, Date on, Topics* topics) override;
  absl::Status EndMovedAway(sql::Session& session, const std::string& subject, Date on,
                            Topics* topics) override;
  // Number of what carries it over; the first month there is `from`.
  absl::StatusOr<std::string> FileMove(sql::Session& session, const v1::Determination& moved,
                                       const std::string& hukou_code, Month from, Topics* topics);
  // The status ends with the month of the death; an application that is open ends.
  absl::Status Died(sql::Session& session, const std::string& subject, Date day, Topics* topics) override;
  absl::Status Stop(sql::Session& session, StoredApplication* stored, Topics* topics) override;

  absl::StatusOr<std::optional<Date>> NeededUntil(sql::Session& session,
                                                  const StoredApplication& stored) const override;
  absl::StatusOr<std::optional<Date>> AccountsKeptAfter() const override;
  absl::StatusOr<bool> ForgetAccounts(sql::Session& session,
                                      const std::string& application_no) const override;
  absl::Status Erase(sql::Session& session, StoredApplication* stored) const override;

  const Desk& desk_;
  const Determinations& determinations_;
};

}  // namespace chuanyu::child_welfare
