#include "services/elderly_care/desk.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "services/elderly_care/schema.h"

namespace chuanyu::elderly_care {

Desk::Desk(const ServiceConfig& config, const Clock& clock)
    : CaseDesk(config,
               {.name = "elderly_care",
                .tables = kTables,
                .seal_name = "elderly-care/kek",
                .provider = "chuanyu.elderly_care.v1.ElderlyCareProvider",
                .purpose = kPurpose,
                .flow = {.needed_steps = {"DRAFT", "SUBMITTED", "FORWARDED", "CHECKING", "SUPPLEMENT",
                                          "FILED", "VERIFIED", "DISCREPANCY", "RECTIFIED", "CHANGE_PENDING",
                                          "SUSPENDED", "TERMINATED", "MOVED_OUT", "WITHDRAWN", "DUPLICATE"},
                         .needed_acts = {"submit", "withdraw", "forward", "arrive", "supplement", "resubmit",
                                         "file", "change", "accept_change", "end", "move_out",
                                         "end_duplicate", "result_supplement", "result_filed",
                                         "result_terminated", "result_moved_out", "result_withdrawn"}},
                .migrations = StoreMigrations},
               clock) {}

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(const ServiceConfig& config, const Clock& clock) {
  std::unique_ptr<Desk> desk(new Desk(config, clock));
  CHUANYU_RETURN_IF_ERROR(desk->CaseDesk::Open());
  CHUANYU_ASSIGN_OR_RETURN(ElderPolicy policy, ElderPolicy::Load(config.policy, config.region));
  desk->policy_ = std::make_unique<ElderPolicy>(std::move(policy));
  desk->store_ = std::make_unique<Store>(desk->sealer());
  return desk;
}

v1::FilingState StateOf(const v1::Filing& filing) {
  v1::FilingState state = v1::FILING_STATE_UNSPECIFIED;
  v1::FilingState_Parse("FILING_STATE_" + cases::Current(filing.steps()).step(), &state);
  return state;
}

absl::StatusOr<ParsedFiling> Desk::Parse(const v1::Filing& filing) const {
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, PolicyToday());
  return ParseFiling(filing, policy, Today(), divisions());
}

absl::Status Desk::Refresh(v1::Filing* filing) const {
  filing->set_state(StateOf(*filing));
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, PolicyToday());
  // A district may have been divided since; an address that no table knows any more keeps its authority.
  const auto authority = AuthorityOf(*filing, policy, Today(), divisions());
  if (authority.ok()) {
    filing->mutable_authority()->set_code(authority->division);
    filing->mutable_authority_region()->set_code(authority->region);
  }
  filing->set_light(cases::v1::DEADLINE_LIGHT_NONE);
  filing->clear_onsite_due();
  const bool at_window = filing->state() == v1::FILING_STATE_SUBMITTED;
  if (!DecidesHere(*filing) && !at_window) return absl::OkStatus();  // another region's limits
  CHUANYU_ASSIGN_OR_RETURN(const cases::v1::DeadlineLight light,
                           cases::LightOf(flow(), calendar(), filing->steps(), Today()));
  filing->set_light(light);
  const cases::v1::CaseStep& step = cases::Current(filing->steps());
  if (filing->state() == v1::FILING_STATE_FILED && step.has_due()) *filing->mutable_onsite_due() = step.due();
  return absl::OkStatus();
}

bool Desk::ActsFor(const std::string& org, const v1::Filing& filing) const {
  const Office* const office = FindOffice(config().offices, org);
  if (office == nullptr) return false;
  const auto policy = PolicyToday();
  if (!policy.ok()) return false;
  const auto authority = AuthorityOf(filing, *policy, Today(), divisions());
  const std::string& code = authority.ok() ? authority->division : filing.authority().code();
  return std::find(office->counties.begin(), office->counties.end(), code) != office->counties.end();
}

}  // namespace chuanyu::elderly_care
