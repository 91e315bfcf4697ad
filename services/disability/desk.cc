#include "services/disability/desk.h"

#include <set>
#include <string>

#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/clock/timestamp.h"
#include "services/disability/schema.h"

namespace chuanyu::disability {
namespace {

// LIFE, CARE, and who files: SELF, GUARDIAN ...
std::string WordOf(v1::Benefit benefit) { return v1::Benefit_Name(benefit).substr(sizeof("BENEFIT_") - 1); }
std::string WordOf(v1::FilerRole role) { return v1::FilerRole_Name(role).substr(sizeof("FILER_ROLE_") - 1); }

std::set<std::string> MaterialWords() {
  std::set<std::string> out;
  for (const v1::Benefit benefit : kBenefits) out.insert(WordOf(benefit));
  for (int role = v1::FILER_ROLE_SELF; role <= v1::FilerRole_MAX; ++role) {
    out.insert(WordOf(static_cast<v1::FilerRole>(role)));
  }
  return out;
}

}  // namespace

Desk::Desk(const ServiceConfig& config, const Clock& clock)
    : CaseDesk(config,
               {.name = "disability",
                .tables = kTables,
                .seal_name = "disability/kek",
                .provider = "chuanyu.disability.v1.DisabilityProvider",
                .purpose = kPurpose,
                .flow = {.needed_steps = {"RECEIVED", "SUPPLEMENT", "PUSHED", "TOWN_REVIEW", "FED_CHECK",
                                          "COUNTY_DECISION", "APPROVED", "REJECTED", "RETURNED", "NOTIFIED",
                                          "WITHDRAWN", "DUPLICATE", "UNTOLD"},
                         .needed_acts = {"push", "arrive", "fed_pass", "approve", "result_approved",
                                         "result_rejected", "result_returned", "notify", "end_duplicate",
                                         "transfer", "end_transfer", "end_untold"}},
                .migrations = StoreMigrations},
               clock) {}

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(const ServiceConfig& config, const Clock& clock) {
  std::unique_ptr<Desk> desk(new Desk(config, clock));
  CHUANYU_RETURN_IF_ERROR(desk->CaseDesk::Open());
  CHUANYU_ASSIGN_OR_RETURN(desk->policy_,
                           DisabilityPolicy::Load(config.policy, config.region, config.standards));
  CHUANYU_ASSIGN_OR_RETURN(desk->materials_,
                           MaterialList::Load(config.policy + "/materials.toml", MaterialWords()));
  CHUANYU_ASSIGN_OR_RETURN(desk->archive_, ArchiveRule::Load(config.policy + "/archive.toml"));
  CHUANYU_ASSIGN_OR_RETURN(desk->person_registers_, PersonRegisters::Open(config.registers, clock));
  desk->store_.emplace(kTables, desk->sealer());
  desk->grants_.emplace(desk->rows(), desk->closed());
  return desk;
}

absl::StatusOr<std::vector<cases::v1::Material>> Desk::MaterialsOf(const v1::Application& application,
                                                                   const std::string& region) const {
  std::set<std::string> words = {WordOf(application.filer().role())};
  for (const int benefit : application.claimant().benefits()) {
    words.insert(WordOf(static_cast<v1::Benefit>(benefit)));
  }
  return materials_->For(region, Today(), words);
}

absl::StatusOr<Claim> Desk::ReadClaim(const v1::Application& application) const {
  const Date received = application.has_create_time() ? DayOf(TimeOf(application.create_time())) : Today();
  return chuanyu::disability::ReadClaim(application.claimant(), application.filer(), received, Today(),
                                        divisions());
}

}  // namespace chuanyu::disability
