#include "services/child_welfare/desk.h"

#include <utility>

#include "common/base/status_macros.h"
#include "services/child_welfare/schema.h"

namespace chuanyu::child_welfare {

Desk::Desk(const ServiceConfig& config, const Clock& clock)
    : CaseDesk(config,
               {.name = "child_welfare",
                .tables = kTables,
                .seal_name = "child-welfare/kek",
                .provider = "chuanyu.child_welfare.v1.ChildWelfareProvider",
                .purpose = kPurpose,
                .flow =
                    {// 民发〔2019〕62号: 不宜设置公示环节.
                     .forbidden = {cases::StepKind::kPublicNotice},
                     .needed_steps = {"RECEIVED", "SUPPLEMENT", "PUSHED", "TOWN_REVIEW", "COUNTY_REVIEW",
                                      "APPROVED", "REJECTED", "RETURNED", "NOTIFIED", "WITHDRAWN",
                                      "DUPLICATE", "DECEASED"},
                     .needed_acts = {"push", "arrive", "approve", "result_approved", "result_rejected",
                                     "result_returned", "result_deceased", "notify", "transfer",
                                     "reuse_evidence", "end_transfer", "end_duplicate", "end_deceased"}},
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

absl::StatusOr<ChildApplication> Desk::Parse(const v1::Application& application) const {
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, PolicyToday());
  return ParseChildApplication(application.child(),
                               {application.parents().begin(), application.parents().end()},
                               application.guardian(), policy, Today(), divisions());
}

}  // namespace chuanyu::child_welfare
