#include "services/disability/desk.h"

#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "services/disability/schema.h"

namespace chuanyu::disability {

Desk::Desk(const ServiceConfig& config, const Clock& clock)
    : CaseDesk(config,
               {.name = "disability",
                .tables = kTables,
                .seal_name = "disability/kek",
                .provider = "chuanyu.disability.v1.DisabilityProvider",
                .purpose = kPurpose,
                .flow = {.needed_steps = {"RECEIVED", "SUPPLEMENT", "PUSHED", "TOWN_REVIEW", "FED_CHECK",
                                          "COUNTY_DECISION", "APPROVED", "REJECTED", "RETURNED", "NOTIFIED",
                                          "WITHDRAWN", "DUPLICATE"},
                         .needed_acts = {"push", "arrive", "fed_pass", "approve", "result_approved",
                                         "result_rejected", "result_returned", "notify", "end_duplicate",
                                         "transfer", "end_transfer"}},
                .migrations = StoreMigrations},
               clock) {}

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(const ServiceConfig& config, const Clock& clock) {
  std::unique_ptr<Desk> desk(new Desk(config, clock));
  CHUANYU_RETURN_IF_ERROR(desk->CaseDesk::Open());
  CHUANYU_ASSIGN_OR_RETURN(desk->policy_,
                           DisabilityPolicy::Load(config.policy, config.region, config.standards));
  desk->store_.emplace(kTables, desk->sealer());
  desk->grants_.emplace(desk->rows(), desk->closed());
  return desk;
}

absl::StatusOr<Claim> Desk::ReadClaim(const v1::Application& application) const {
  const Date received =
      application.has_create_time()
          ? Date(absl::ToCivilDay(TimeOf(application.create_time()), absl::FixedTimeZone(8 * 3600)))
          : Today();
  return chuanyu::disability::ReadClaim(application.claimant(), application.filer(), received, Today(),
                                        divisions());
}

}  // namespace chuanyu::disability
