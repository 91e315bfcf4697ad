#include "services/disability/rules/assessment.h"

#include <algorithm>
#include <set>
#include <string>

#include "common/base/status_macros.h"

namespace chuanyu::disability {
namespace {

const v1::StatusFinding* FindStatus(const v1::Findings& findings, v1::Status status) {
  for (const v1::StatusFinding& each : findings.statuses()) {
    if (each.status() == status) return &each;
  }
  return nullptr;
}

v1::Found FoundOf(const v1::Findings& findings, v1::Status status) {
  const v1::StatusFinding* const finding = FindStatus(findings, status);
  return finding == nullptr ? v1::FOUND_UNSPECIFIED : finding->found();
}

// Collects the first certain refusal and the first thing that is not known.
struct Verdict {
  std::optional<Reason> refused;
  v1::Status by = v1::STATUS_UNSPECIFIED;
  v1::Status unknown = v1::STATUS_UNSPECIFIED;

  void Refuse(Reason reason, v1::Status status = v1::STATUS_UNSPECIFIED) {
    if (refused) return;
    refused = reason;
    by = status;
  }
  void Unknown(v1::Status status) {
    if (unknown == v1::STATUS_UNSPECIFIED) unknown = status;
  }
};

// 残联 must have looked: what an applicant shows is not what the register says.
bool CertificateUnknown(const v1::Findings& findings) {
  return findings.cert_state() == v1::CERT_STATE_UNSPECIFIED;
}

void JudgeCertificate(const v1::Findings& findings, Date today, Verdict* verdict) {
  if (CertificateUnknown(findings)) return;
  if (findings.cert_state() != v1::CERT_STATE_VALID) verdict->Refuse(Reason::E_CERT_STATE);
  if (!findings.has_cert_valid_to()) return;
  const auto valid_to = ParseDate(findings.cert_valid_to().value());
  if (valid_to.ok() && *valid_to < today) verdict->Refuse(Reason::E_CERT_STATE);
}

void JudgeFamily(const PolicyDay& policy, const v1::Findings& findings, Verdict* verdict) {
  v1::Status unknown = v1::STATUS_UNSPECIFIED;
  for (const v1::Status status : policy.life_families) {
    const v1::Found found = FoundOf(findings, status);
    if (found == v1::FOUND_YES) return;
    if (found != v1::FOUND_NO) unknown = status;
  }
  if (unknown != v1::STATUS_UNSPECIFIED) return verdict->Unknown(unknown);
  verdict->Refuse(Reason::E_NOT_DIBAO);
}

void JudgeExclusions(v1::Benefit benefit, const PolicyDay& policy, const v1::Findings& findings,
                     int64_t standard, int64_t* fen, Verdict* verdict) {
  for (const Exclusion& rule : policy.exclusions) {
    if (!rule.benefits.contains(benefit)) continue;
    const v1::StatusFinding* const finding = FindStatus(findings, rule.status);
    const v1::Found found = finding == nullptr ? v1::FOUND_UNSPECIFIED : finding->found();
    if (found == v1::FOUND_NO) continue;
    if (found != v1::FOUND_YES) {
      verdict->Unknown(rule.status);
    } else if (rule.effect == Effect::kNone) {
      verdict->Refuse(Reason::E_EXCLUDED, rule.status);
    } else if (!finding->has_fen_month()) {
      verdict->Unknown(rule.status);
    } else if (finding->fen_month().amount() >= standard) {
      verdict->Refuse(Reason::E_EXCLUDED, rule.status);
    } else if (rule.effect == Effect::kTopUp) {
      // Of several the one that leaves least.
      *fen = std::min(*fen, standard - finding->fen_month().amount());
    }
  }
}

}  // namespace

absl::Status Assessment::ToStatus() const {
  if (!refused) return absl::OkStatus();
  std::string detail;
  if (status != v1::STATUS_UNSPECIFIED) detail = v1::Status_Name(status).substr(sizeof("STATUS_") - 1);
  return MakeError(*refused, {.field = "claimant.benefits", .detail = detail});
}

absl::StatusOr<Assessment> Assess(v1::Benefit benefit, const Claim& claim, const v1::Findings& findings,
                                  const DisabilityPolicy& policy, Date today) {
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay day, policy.On(today));
  Verdict verdict;
  if (FoundOf(findings, v1::STATUS_DECEASED) == v1::FOUND_YES) {
    verdict.Refuse(Reason::E_EXCLUDED, v1::STATUS_DECEASED);
  }
  JudgeCertificate(findings, today, &verdict);
  int grade = claim.certificate.HeaviestGrade();
  if (benefit == v1::BENEFIT_CARE) {
    const auto severe = day.CareFor(claim.certificate);
    if (!severe) verdict.Refuse(Reason::E_GRADE);
    if (severe) grade = severe->grade;
    if (claim.care_months < day.care_months) verdict.Refuse(Reason::E_CARE_NEED);
  } else {
    JudgeFamily(day, findings, &verdict);
  }
  int64_t fen = 0;
  if (!verdict.refused) {
    CHUANYU_ASSIGN_OR_RETURN(const int64_t standard, policy.FenOn(today, benefit, grade));
    fen = standard;
    JudgeExclusions(benefit, day, findings, standard, &fen, &verdict);
  }
  Assessment out{.benefit = benefit};
  if (verdict.refused) {
    out.refused = verdict.refused;
    out.status = verdict.by;
  } else if (verdict.unknown != v1::STATUS_UNSPECIFIED || CertificateUnknown(findings)) {
    out.refused = Reason::SOURCE_UNAVAILABLE;
    out.status = verdict.unknown;
  } else {
    out.fen_month = fen;
  }
  return out;
}

absl::Status CheckFindings(const v1::Findings& findings, Date today) {
  const auto bad = [](const char* field, const char* detail) {
    return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
  };
  std::set<int> seen;
  for (const v1::StatusFinding& each : findings.statuses()) {
    if (each.status() == v1::STATUS_UNSPECIFIED || !v1::Status_IsValid(each.status()) ||
        !seen.insert(each.status()).second) {
      return bad("findings.statuses.status", "missing, unknown or there twice");
    }
    if (each.found() == v1::FOUND_UNSPECIFIED || !v1::Found_IsValid(each.found())) {
      return bad("findings.statuses.found", "missing or unknown");
    }
    if (each.source().empty() || each.source().size() > 200) {
      return bad("findings.statuses.source", "missing or too long");
    }
    if (each.fen_month().amount() < 0) return bad("findings.statuses.fen_month", "is negative");
  }
  if (!v1::CertState_IsValid(findings.cert_state())) return bad("findings.cert_state", "unknown");
  if (findings.has_cert_valid_to()) {
    CHUANYU_RETURN_IF_ERROR(ParseDate(findings.cert_valid_to().value(), "findings.cert_valid_to").status());
  }
  if (!findings.has_hukou_since()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const Date since,
                           ParseDate(findings.hukou_since().value(), "findings.hukou_since"));
  return since > today ? bad("findings.hukou_since", "is after today") : absl::OkStatus();
}

void MergeFindings(const v1::Findings& more, v1::Findings* into) {
  for (const v1::StatusFinding& added : more.statuses()) {
    bool replaced = false;
    for (v1::StatusFinding& each : *into->mutable_statuses()) {
      if (each.status() != added.status()) continue;
      each = added;
      replaced = true;
    }
    if (!replaced) *into->add_statuses() = added;
  }
  if (more.cert_state() != v1::CERT_STATE_UNSPECIFIED) into->set_cert_state(more.cert_state());
  if (more.has_cert_valid_to()) *into->mutable_cert_valid_to() = more.cert_valid_to();
  if (more.has_hukou_since()) *into->mutable_hukou_since() = more.hukou_since();
}

}  // namespace chuanyu::disability
