// Of applications.h: what officers and registers find before a decision.

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/disability/applications.h"

namespace chuanyu::disability {

bool Applications::Examines(const v1::PerformStepRequest& request) const {
  return request.role() != "WINDOW" &&
         (request.act() == "town_pass" || request.act() == "fed_pass" || request.act() == "approve");
}

std::vector<v1::RegisterCheck> Applications::LookUp(const v1::Application& application,
                                                    const v1::PerformStepRequest&) const {
  const absl::StatusOr<Claim> claim = desk_.ReadClaim(application);
  if (!claim.ok()) return {};  // the act itself says what is wrong
  return desk_.person_registers().Ask(claim->person);
}

absl::Status Applications::TakeFindings(const v1::PerformStepRequest& request,
                                        const std::vector<v1::RegisterCheck>& checks,
                                        v1::Application* application) const {
  v1::Findings stated = request.findings();
  for (v1::StatusFinding& each : *stated.mutable_statuses()) each.clear_looked_up_at();
  if (request.act() == "fed_pass") {
    CHUANYU_ASSIGN_OR_RETURN(const Claim claim, desk_.ReadClaim(*application));
    CHUANYU_RETURN_IF_ERROR(TakeCertificate(checks, claim.certificate, &stated));
  }
  CHUANYU_RETURN_IF_ERROR(CheckFindings(stated, desk_.Today()));
  MergeFindings(stated, application->mutable_findings());
  if (!Examines(request)) return absl::OkStatus();
  *application->mutable_register_checks() = {checks.begin(), checks.end()};
  if (request.act() == "fed_pass") return absl::OkStatus();  // 残联 looks at the certificate alone
  return TakeStatuses(checks, stated, application->mutable_findings());
}

absl::Status Applications::Before(sql::Session&, const Caller& caller, const v1::PerformStepRequest& request,
                                  const std::vector<v1::RegisterCheck>& checks, StoredApplication* stored,
                                  Topics*) {
  const v1::Findings& findings = request.findings();
  const bool fed = request.role() == "DISABLED_FED";
  v1::Application& application = stored->application;
  if (request.has_findings()) {
    if (!DecidesHere(application) || request.role() == "WINDOW") {
      return MakeError(Reason::ROLE_DENIED, {.field = "findings"});
    }
    // 民政 finds the statuses, 残联 the certificate.
    const bool certificate =
        findings.cert_state() != v1::CERT_STATE_UNSPECIFIED || findings.has_cert_valid_to();
    const bool others = !findings.statuses().empty() || findings.has_hukou_since();
    if ((certificate && !fed) || (others && fed))
      return MakeError(Reason::ROLE_DENIED, {.field = "findings"});
  }
  if (request.has_findings() || (Examines(request) && DecidesHere(application))) {
    CHUANYU_RETURN_IF_ERROR(TakeFindings(request, checks, &application));
  }
  if (request.act() != "reject") return absl::OkStatus();
  // Why, as far as the rules say it; an officer may have other reasons.
  v1::Result& result = *application.mutable_result();
  result.set_org(caller.org);
  result.mutable_decided_on()->set_value(FormatDate(desk_.Today()));
  Derive(&application);
  for (const v1::Assessed& each : application.assessed()) {
    if (each.eligible()) continue;
    v1::Decided& decided = *result.add_decided();
    decided.set_benefit(each.benefit());
    decided.set_refused_reason(each.reason());
  }
  return absl::OkStatus();
}

}  // namespace chuanyu::disability
