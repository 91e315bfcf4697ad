#include "services/disability/applications.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::disability {
namespace {

v1::Assessed ToProto(const Assessment& from) {
  v1::Assessed out;
  out.set_benefit(from.benefit);
  out.set_eligible(!from.refused);
  if (from.refused) out.set_reason(std::string(ReasonName(*from.refused)));
  out.set_status(from.status);
  if (!from.refused) out.mutable_fen_month()->set_amount(from.fen_month);
  return out;
}

bool PaidElsewhere(const v1::Application& application, v1::Benefit benefit) {
  return std::any_of(
      application.paid_elsewhere().begin(), application.paid_elsewhere().end(),
      [&](const v1::BenefitStatus& each) { return each.benefit() == benefit && each.active(); });
}

void AddDeath(v1::Findings* findings) {
  v1::Findings death;
  v1::StatusFinding& finding = *death.add_statuses();
  finding.set_status(v1::STATUS_DECEASED);
  finding.set_found(v1::FOUND_YES);
  finding.set_source("life_events");
  MergeFindings(death, findings);
}

}  // namespace

absl::StatusOr<CaseFacts> Applications::FactsOf(const v1::Application& application) const {
  CHUANYU_ASSIGN_OR_RETURN(const Claim claim, desk_.ReadClaim(application));
  if (application.has_transfer()) {
    CHUANYU_RETURN_IF_ERROR(CheckTransfer(application.transfer(), claim.benefits));
  }
  return CaseFacts{.subject = desk_.SubjectOf(claim.person),
                   .hukou_code = claim.hukou_code,
                   .hukou_region = claim.hukou_region};
}

std::string Applications::HukouOf(const v1::Application& application) const {
  return application.claimant().hukou_code().code();
}

absl::Status Applications::NotHukou() const {
  return MakeError(Reason::E_NOT_HUKOU, {.field = "claimant.hukou_code"});
}

bool Applications::OwnOutputsEmpty(const v1::Application& application) const {
  return !application.has_findings() && application.assessed().empty() &&
         application.asked_regions().empty() && application.paid_elsewhere().empty() &&
         application.register_checks().empty() && !application.has_transfer() && !application.erased() &&
         !application.has_reported_move();
}

void Applications::CopyPushed(const v1::Application& from, v1::Application* to) const {
  to->set_application_no(from.application_no());
  *to->mutable_claimant() = from.claimant();
  *to->mutable_filer() = from.filer();
  *to->mutable_accept_division() = from.accept_division();
  *to->mutable_create_time() = from.create_time();
  if (from.has_transfer()) *to->mutable_transfer() = from.transfer();
}

void Applications::CopyResult(const v1::Application& from, v1::ReturnResultRequest* to) const {
  if (from.has_result()) *to->mutable_result() = from.result();
}
void Applications::CopyResult(const v1::ReturnResultRequest& from, v1::Application* to) const {
  if (from.has_result()) *to->mutable_result() = from.result();
}

void Applications::Correct(const v1::Application& correction, v1::Application* application) const {
  if (correction.has_claimant()) *application->mutable_claimant() = correction.claimant();
  if (correction.has_filer()) *application->mutable_filer() = correction.filer();
}

v1::Application Applications::Basic(const v1::Application& application) const {
  v1::Application out = application;
  out.clear_claimant();
  out.clear_filer();
  out.clear_findings();
  out.clear_assessed();
  out.clear_paid_elsewhere();
  out.clear_register_checks();
  return out;
}

absl::StatusOr<std::vector<Assessment>> Applications::AssessAll(const v1::Application& application,
                                                                const Claim& claim) const {
  std::vector<Assessment> out;
  for (const v1::Benefit benefit : claim.benefits) {
    CHUANYU_ASSIGN_OR_RETURN(Assessment assessed,
                             Assess(benefit, claim, application.findings(), desk_.policy(), desk_.Today()));
    // What another region pays is certain; what it has not said is not known.
    if (PaidElsewhere(application, benefit)) {
      assessed = {.benefit = benefit, .refused = Reason::DUP_BENEFIT};
    } else if (!assessed.refused && !application.asked_regions().empty()) {
      assessed = {.benefit = benefit, .refused = Reason::PEER_UNAVAILABLE};
    }
    out.push_back(assessed);
  }
  return out;
}

void Applications::Derive(v1::Application* application) const {
  application->clear_assessed();
  if (!DecidesHere(*application) || !application->has_claimant()) return;
  const auto claim = desk_.ReadClaim(*application);
  if (!claim.ok()) return;  // what is wrong is told when somebody decides
  const auto assessed = AssessAll(*application, *claim);
  if (!assessed.ok()) return;
  for (const Assessment& each : *assessed) *application->add_assessed() = ToProto(each);
}

absl::Status Applications::Died(sql::Session& session, const std::string& subject, Date day, Topics*) {
  return grants_.StopAll(session, subject, v1::STOP_REASON_DEATH, day);
}

absl::Status Applications::Stop(sql::Session& session, StoredApplication* stored, Topics* topics) {
  if (!DecidesHere(stored->application)) return absl::OkStatus();
  AddDeath(stored->application.mutable_findings());
  return Store(session, stored, topics);
}

absl::Status Applications::ArrivedHere(sql::Session& session, StoredApplication* stored) {
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> death, deaths_.DayOf(session, stored->subject));
  if (death) AddDeath(stored->application.mutable_findings());
  v1::QueryStatusRequest question;
  question.set_subject(absl::HexStringToBytes(stored->subject));
  question.set_key_id(desk_.config().claim_key_id);
  for (const std::string& region : desk_.config().peer_regions) {
    stored->application.add_asked_regions(region);
    CHUANYU_RETURN_IF_ERROR(
        desk_.Send(session, region, kQueryStatus, stored->application.application_no(), question));
  }
  return absl::OkStatus();
}

absl::Status Applications::TakeOther(sql::Session& session, const OutboxMessage& message,
                                     const std::string& payload, Topics* topics) {
  if (message.operation == desk_.Operation(kCompareLedger)) {
    return comparisons_.TakeAnswer(session, message, payload);
  }
  if (message.operation != desk_.Operation(kQueryStatus)) return absl::OkStatus();
  v1::QueryStatusResponse response;
  if (!response.ParseFromString(payload)) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
  }
  CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored, desk_.store().Load(session, message.correlation_id));
  auto& asked = *stored.application.mutable_asked_regions();
  const auto at = std::find(asked.begin(), asked.end(), message.to_region);
  if (at == asked.end()) return absl::OkStatus();  // a repeat
  asked.erase(at);
  for (v1::BenefitStatus& each : *response.mutable_benefits()) {
    each.mutable_region()->set_code(message.to_region);  // whoever answered, whatever it calls itself
    *stored.application.add_paid_elsewhere() = each;
  }
  CHUANYU_RETURN_IF_ERROR(Refresh(&stored.application));
  topics->push_back(stored.application.application_no());
  return desk_.store().Save(session, &stored);
}

absl::Status Applications::Decide(sql::Session& session, const Caller& caller, const v1::PerformStepRequest&,
                                  StoredApplication* stored, Topics*) {
  v1::Application& application = stored->application;
  CHUANYU_ASSIGN_OR_RETURN(const Claim claim, desk_.ReadClaim(application));
  CHUANYU_ASSIGN_OR_RETURN(std::vector<Assessment> assessed, AssessAll(application, claim));
  for (Assessment& each : assessed) {
    const absl::Status none = grants_.CheckNone(session, stored->subject, each.benefit);
    if (HasReason(none, Reason::DUP_BENEFIT)) {
      each = {.benefit = each.benefit, .refused = Reason::DUP_BENEFIT};
    } else {
      CHUANYU_RETURN_IF_ERROR(none);
    }
    // Nothing is decided half: what is not known may be known tomorrow.
    if (each.refused == Reason::SOURCE_UNAVAILABLE || each.refused == Reason::PEER_UNAVAILABLE) {
      return each.ToStatus();
    }
  }
  if (std::all_of(assessed.begin(), assessed.end(), [](const Assessment& each) { return each.refused; })) {
    return assessed.front().ToStatus();
  }
  v1::Result& result = *application.mutable_result();
  result.set_org(caller.org);
  result.mutable_decided_on()->set_value(FormatDate(desk_.Today()));
  for (const Assessment& each : assessed) {
    v1::Decided& decided = *result.add_decided();
    decided.set_benefit(each.benefit);
    if (each.refused) {
      decided.set_refused_reason(std::string(ReasonName(*each.refused)));
      continue;
    }
    CHUANYU_ASSIGN_OR_RETURN(const v1::Grant grant, grants_.Begin(session, *stored, claim, each, caller.org));
    decided.set_grant_no(grant.grant_no());
    *decided.mutable_from_month() = grant.from_month();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Date>> Applications::NeededUntil(sql::Session& session,
                                                              const StoredApplication& stored) const {
  return grants_.NeededUntil(session, stored.application.application_no());
}

absl::StatusOr<std::optional<Date>> Applications::AccountsKeptAfter() const {
  CHUANYU_ASSIGN_OR_RETURN(const Date last, desk_.archive().KeptAfter(desk_.Today()));
  return std::optional<Date>(last);
}

absl::StatusOr<bool> Applications::ForgetAccounts(sql::Session& session,
                                                  const std::string& application_no) const {
  return grants_.ForgetAccounts(session, application_no);
}

absl::Status Applications::Erase(sql::Session& session, StoredApplication* stored) const {
  v1::Application& application = stored->application;
  const std::string county = HukouOf(application).substr(0, 6);
  application.clear_claimant();
  application.mutable_claimant()->mutable_hukou_code()->set_code(county);
  application.clear_filer();
  application.clear_findings();
  application.clear_assessed();
  application.clear_paid_elsewhere();
  application.clear_register_checks();
  application.clear_reported_move();
  return grants_.Erase(session, application.application_no());
}

}  // namespace chuanyu::disability
