#include "services/child_welfare/desk.h"

#include <set>
#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "services/child_welfare/schema.h"

namespace chuanyu::child_welfare {
namespace {

constexpr char kInstitution[] = "INSTITUTION";
constexpr char kFamily[] = "FAMILY";

std::set<std::string> MaterialWords() {
  std::set<std::string> out = {kInstitution, kFamily};
  for (const v1::ParentCondition condition : kAllConditions) out.insert(std::string(1, LetterOf(condition)));
  return out;
}

}  // namespace

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
                                 "APPROVED", "REJECTED", "RETURNED", "NOTIFIED", "WITHDRAWN", "DUPLICATE",
                                 "DECEASED", "UNTOLD"},
                .needed_acts = {"push", "arrive", "approve", "result_approved", "result_rejected",
                                "result_returned", "result_deceased", "notify", "transfer", "reuse_evidence",
                                "end_transfer", "end_duplicate", "end_deceased", "end_untold"}},
           .migrations = StoreMigrations},
          clock) {}

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(const ServiceConfig& config, const Clock& clock) {
  std::unique_ptr<Desk> desk(new Desk(config, clock));
  CHUANYU_RETURN_IF_ERROR(desk->CaseDesk::Open());
  CHUANYU_ASSIGN_OR_RETURN(ChildPolicy policy, ChildPolicy::Load(config.policy, config.region));
  desk->policy_ = std::make_unique<ChildPolicy>(std::move(policy));
  CHUANYU_ASSIGN_OR_RETURN(MaterialList materials,
                           MaterialList::Load(config.policy + "/materials.toml", MaterialWords()));
  desk->materials_ = std::make_unique<MaterialList>(std::move(materials));
  CHUANYU_ASSIGN_OR_RETURN(ArchiveRule archive, ArchiveRule::Load(config.policy + "/archive.toml"));
  desk->archive_ = std::make_unique<ArchiveRule>(std::move(archive));
  CHUANYU_ASSIGN_OR_RETURN(desk->parent_registers_,
                           ParentRegisters::Open(config.registers, desk->divisions(), clock));
  CHUANYU_ASSIGN_OR_RETURN(desk->benefit_registers_,
                           BenefitRegisters::Open(config.registers, desk->divisions(), clock));
  desk->store_ = std::make_unique<CaseStore>(desk->sealer());
  CHUANYU_ASSIGN_OR_RETURN(desk->signers_, LoadRecognitionSigners(config));
  return desk;
}

absl::StatusOr<std::vector<cases::v1::Material>> Desk::MaterialsOf(const v1::Application& application,
                                                                   const std::string& region) const {
  const bool institution = application.child().care_type() == v1::CARE_TYPE_INSTITUTION;
  std::set<std::string> words = {institution ? kInstitution : kFamily};
  for (const v1::ParentFact& fact : application.parents()) {
    words.insert(std::string(1, LetterOf(fact.condition())));
  }
  return materials_->For(region, Today(), words);
}

absl::StatusOr<ChildApplication> Desk::Parse(const v1::Application& application) const {
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, PolicyToday());
  return ParseChildApplication(application.child(),
                               {application.parents().begin(), application.parents().end()},
                               application.guardian(), policy, Today(), divisions());
}

}  // namespace chuanyu::child_welfare
