#include "services/marriage/desk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/marriage/schema.h"

namespace chuanyu::marriage {
namespace {

cases::Flow::Rules FlowRules() {
  return {.forbidden = {cases::StepKind::kPublicNotice},
          .needed_steps = {"STARTED", "MANUAL_REVIEW", "DOCS_OK", "NETWORK_CHECKED", "DECLARED", "REGISTERED",
                           "REFUSED", "APPLIED", "COOLING", "ISSUE_WINDOW", "WITHDRAWN", "LAPSED"},
          .needed_acts = {"docs_ok", "refer", "clear", "check", "network_checked", "check_expired", "declare",
                          "register", "refuse", "refuse_by_rule", "accept", "cooling_begins", "window_begins",
                          "window_ends", "withdraw", "issue"}};
}

}  // namespace

Desk::Desk(const ServiceConfig& config, const Clock& clock)
    : CaseDesk(config,
               {.name = "marriage",
                .tables = kTables,
                .seal_name = "marriage/kek",
                .provider = "chuanyu.marriage.v1.MarriageProvider",
                .purpose = kMarry,
                .flow = FlowRules(),
                .migrations = StoreMigrations},
               clock) {}

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(const ServiceConfig& config, const Clock& clock) {
  std::unique_ptr<Desk> desk(new Desk(config, clock));
  CHUANYU_RETURN_IF_ERROR(desk->CaseDesk::Open());
  CHUANYU_ASSIGN_OR_RETURN(desk->policy_,
                           MarriagePolicy::Load(config.policy, config.region, desk->divisions()));
  CHUANYU_ASSIGN_OR_RETURN(desk->families_, FamilyRegisters::Open(config.registers, clock));
  return desk;
}

absl::StatusOr<const RegistryOffice*> Desk::OfficeOf(const std::string& code) const {
  const RegistryOffice* const office = policy_->FindOffice(code);
  if (office == nullptr) return MakeError(Reason::BAD_REQUEST, {.field = "office_code", .detail = "unknown"});
  return office;
}

absl::StatusOr<std::string> Desk::CountyOf(const RegistryOffice& office) const {
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode address, DivisionCode::Parse(office.address));
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode county, divisions().CompetentCounty(address, Today(), kOrgan));
  return county.str();
}

absl::Status Desk::CheckOfficer(const std::string& org, const RegistryOffice& office) const {
  const Office* const known = FindOffice(config().offices, org);
  CHUANYU_ASSIGN_OR_RETURN(const std::string county, CountyOf(office));
  if (known == nullptr || !HasRole(*known, kOfficer) ||
      std::find(known->counties.begin(), known->counties.end(), county) == known->counties.end()) {
    return MakeError(Reason::ORG_NOT_COMPETENT, {.field = "office_code"});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<uniqueness::Holder>> Desk::Hold(sql::Session& session, char kind,
                                                             const std::string& number, Pair* pair) const {
  const int64_t now_ms = clock().NowMs();
  pair->claim_a = ids_.Next(now_ms);
  pair->claim_b = ids_.Next(now_ms);
  // In the order of the indexes, whoever is named first: two that want the same two persons meet at the same
  // one. Both claims carry one time, so every region prefers the same couple for both.
  std::vector<std::pair<std::string, std::string>> both = {{pair->subject_a, pair->claim_a},
                                                           {pair->subject_b, pair->claim_b}};
  std::sort(both.begin(), both.end());
  std::vector<std::string> opened;
  for (const auto& [subject, claim] : both) {
    CHUANYU_ASSIGN_OR_RETURN(const auto holder, claims().OpenClaim(session, {subject}, claim, now_ms));
    if (holder) {
      for (const std::string& id : opened) CHUANYU_RETURN_IF_ERROR(claims().Release(session, id));
      pair->claim_a.clear();
      pair->claim_b.clear();
      return holder;
    }
    opened.push_back(claim);
    CHUANYU_RETURN_IF_ERROR(
        session.Write("INSERT INTO mr_claim (claim_id, kind, number) VALUES (:id, :kind, :number)",
                      {{"id", claim}, {"kind", std::string(1, kind)}, {"number", number}}));
  }
  return std::optional<uniqueness::Holder>();
}

absl::Status Desk::LetGo(sql::Session& session, Pair* pair) const {
  for (std::string* claim : {&pair->claim_a, &pair->claim_b}) {
    if (claim->empty()) continue;
    CHUANYU_RETURN_IF_ERROR(claims().Release(session, *claim));
    claim->clear();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Desk::IsHeld(sql::Session& session, const Pair& pair) const {
  if (pair.claim_a.empty() || pair.claim_b.empty()) return false;
  return claims().AreConfirmed(session, {pair.claim_a, pair.claim_b});
}

absl::StatusOr<v1::RegistrationRecord> Desk::LoadRegistration(sql::Session& session,
                                                              const std::string& number, CaseRow* row) const {
  CHUANYU_ASSIGN_OR_RETURN(*row, rows().Load(session, number));
  v1::RegistrationRecord record;
  if (!record.ParseFromString(row->bytes))
    return MakeError(Reason::INTERNAL, {.detail = "a stored row is unreadable"});
  return record;
}

absl::Status Desk::SaveRegistration(sql::Session& session, v1::RegistrationRecord* record, CaseRow* row,
                                    CaseDesk::Topics* topics) const {
  v1::Registration& registration = *record->mutable_registration();
  registration.set_state(StateOf(*record));
  registration.set_version(registration.version() + 1);
  row->state = registration.state();
  row->version = registration.version();
  row->bytes = record->SerializeAsString();
  topics->push_back(registration.registration_no());
  return rows().Save(session, *row);
}

v1::RegistrationState StateOf(const v1::RegistrationRecord& record) {
  const std::string& step = cases::Current(record.registration().steps()).step();
  if (step == "DOCS_OK" && (!record.claim_a().empty() || record.waits_for_other()))
    return v1::REGISTRATION_STATE_PENDING_REMOTE_CHECK;
  v1::RegistrationState state = v1::REGISTRATION_STATE_UNSPECIFIED;
  v1::RegistrationState_Parse("REGISTRATION_STATE_" + step, &state);
  return state;
}

}  // namespace chuanyu::marriage
