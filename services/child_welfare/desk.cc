#include "services/child_welfare/desk.h"

#include <utility>

#include "common/base/status_macros.h"
#include "services/child_welfare/schema.h"

namespace chuanyu::child_welfare {

Desk::Desk(const ServiceConfig& config, const Clock& clock)
    : CaseDesk(
          config,
          {.name = "child_welfare",
           .tables = kTables,
           .seal_name = "child-welfare/kek",
           .provider = "chuanyu.child_welfare.v1.ChildWelfareProvider",
           .purpose = kPurpose,
           .flow =
               {// 民发〔2019〕62号: 不宜设置公示环节.
                .forbidden = {cases::StepKind::kPublicNotice},
                .needed_steps = {"RECEIVED", "SUPPLEMENT", "PUSHED", "TOWN_REVIEW", "COUNTY_REVIEW",
                                 "APPROVED", "REJECTED", "RETURNED", "NOTIFIED", "WITHDRAWN", "DUPLICATE"},
                .needed_acts = {"push", "arrive", "approve", "result_approved", "result_rejected",
                                "result_returned", "notify", "end_duplicate"}},
           .migrations = StoreMigrations},
          clock) {}

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(const ServiceConfig& config, const Clock& clock) {
  std::unique_ptr<Desk> desk(new Desk(config, clock));
  CHUANYU_RETURN_IF_ERROR(desk->CaseDesk::Open());
  CHUANYU_ASSIGN_OR_RETURN(ChildPolicy policy, ChildPolicy::Load(config.policy, config.region));
  desk->policy_ = std::make_unique<ChildPolicy>(std::move(policy));
  desk->store_ = std::make_unique<CaseStore>(desk->sealer());
  CHUANYU_ASSIGN_OR_RETURN(desk->signers_, LoadRecognitionSigners(config));
  return desk;
}

v1::ApplicationState StateOf(const v1::Application& application) {
  v1::ApplicationState state = v1::APPLICATION_STATE_UNSPECIFIED;
  v1::ApplicationState_Parse("APPLICATION_STATE_" + cases::Current(application.steps()).step(), &state);
  return state;
}

void CopyPushed(const v1::Application& from, v1::Application* to) {
  to->set_application_no(from.application_no());
  *to->mutable_child() = from.child();
  *to->mutable_parents() = from.parents();
  *to->mutable_guardian() = from.guardian();
  *to->mutable_accept_division() = from.accept_division();
  *to->mutable_create_time() = from.create_time();
}

absl::StatusOr<ChildApplication> Desk::Parse(const v1::Application& application) const {
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, PolicyToday());
  return ParseChildApplication(application.child(),
                               {application.parents().begin(), application.parents().end()},
                               application.guardian(), policy, Today(), divisions());
}

absl::Status Desk::Refresh(v1::Application* application) const {
  application->set_state(StateOf(*application));
  CHUANYU_ASSIGN_OR_RETURN(const cases::v1::DeadlineLight light,
                           cases::LightOf(flow(), calendar(), application->steps(), Today()));
  application->set_light(light);
  application->clear_proposal();
  if (!DecidesHere(*application) || !application->has_child()) return absl::OkStatus();
  const auto parsed = Parse(*application);
  if (!parsed.ok())
    return absl::OkStatus();  // nothing to propose: what is wrong is told when somebody decides
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, PolicyToday());
  const Assessment assessment = AssessParents(parsed->parents, policy, Today());
  v1::Proposal& proposal = *application->mutable_proposal();
  proposal.set_result(assessment.result);
  if (assessment.earliest_eligible) {
    proposal.mutable_earliest_eligible()->set_value(FormatDate(*assessment.earliest_eligible));
  }
  if (assessment.until) proposal.mutable_until()->set_value(FormatDate(*assessment.until));
  return absl::OkStatus();
}

absl::Status Desk::Release(sql::Session& session, const StoredApplication& stored) const {
  if (stored.window_region != own_region()) return absl::OkStatus();  // its owner does
  return claims().Release(session, stored.claim_id);
}

}  // namespace chuanyu::child_welfare
