#include "services/disability/rules/register_findings.h"

#include <algorithm>

#include "common/errors/error.h"

namespace chuanyu::disability {
namespace {

constexpr char kPrefix[] = "STATUS_";

bool WasAsked(const v1::RegisterCheck& check) {
  return check.answer().state() == cases::v1::REGISTER_STATE_HIT ||
         check.answer().state() == cases::v1::REGISTER_STATE_NO_HIT;
}

v1::StatusFinding FindingOf(v1::Status status, const v1::RegisterCheck& check) {
  v1::StatusFinding out;
  out.set_status(status);
  out.set_source(check.answer().source());
  *out.mutable_looked_up_at() = check.answer().asked_at();
  out.set_found(WasAsked(check) ? v1::FOUND_NO : v1::FOUND_SOURCE_UNAVAILABLE);
  for (const v1::RegisterRecord& record : check.records()) {
    if (record.status() != status) continue;
    out.set_found(v1::FOUND_YES);
    if (record.has_fen_month()) out.mutable_fen_month()->set_amount(record.fen_month());
  }
  return out;
}

int Weight(v1::Found found) {
  if (found == v1::FOUND_YES) return 2;
  return found == v1::FOUND_SOURCE_UNAVAILABLE ? 1 : 0;
}

v1::StatusFinding* FindStatus(v1::Status status, v1::Findings* findings) {
  for (v1::StatusFinding& each : *findings->mutable_statuses()) {
    if (each.status() == status) return &each;
  }
  return nullptr;
}

bool Stated(v1::Status status, v1::Found found, const v1::Findings& stated) {
  return std::any_of(stated.statuses().begin(), stated.statuses().end(), [&](const v1::StatusFinding& each) {
    return each.status() == status && each.found() == found;
  });
}

absl::Status CheckNumber(const v1::RegisterRecord& record, const Certificate& certificate) {
  const v1::DisabilityType type = certificate.disabilities.size() > 1 ? v1::DISABILITY_TYPE_MULTIPLE
                                                                      : certificate.disabilities.front().type;
  const bool same_type = record.cert_type() == v1::DISABILITY_TYPE_UNSPECIFIED || record.cert_type() == type;
  const bool same_grade = record.cert_grade() == 0 || record.cert_grade() == certificate.HeaviestGrade();
  if (same_type && same_grade) return absl::OkStatus();
  return MakeError(Reason::E_CERT_CODE,
                   {.field = "claimant.certificate", .detail = "the register of certificates has another"});
}

absl::Status TakeRecord(const v1::RegisterRecord& record, v1::Findings* stated) {
  const auto conflict = [](const char* field) {
    return MakeError(Reason::STATE_CONFLICT, {.field = field, .detail = "a register says otherwise"});
  };
  if (stated->cert_state() == v1::CERT_STATE_UNSPECIFIED) stated->set_cert_state(record.cert_state());
  if (stated->cert_state() != record.cert_state()) return conflict("findings.cert_state");
  if (!record.has_cert_valid_to()) return absl::OkStatus();
  if (!stated->has_cert_valid_to()) *stated->mutable_cert_valid_to() = record.cert_valid_to();
  const bool same = stated->cert_valid_to().value() == record.cert_valid_to().value();
  return same ? absl::OkStatus() : conflict("findings.cert_valid_to");
}

}  // namespace

std::vector<std::string> RegisterWords() {
  std::vector<std::string> out = {kCertificate};
  for (int number = v1::Status_MIN; number <= v1::Status_MAX; ++number) {
    if (number == v1::STATUS_UNSPECIFIED || !v1::Status_IsValid(number)) continue;
    out.push_back(v1::Status_Name(static_cast<v1::Status>(number)).substr(sizeof(kPrefix) - 1));
  }
  return out;
}

v1::Status StatusNamed(const std::string& name) {
  v1::Status out = v1::STATUS_UNSPECIFIED;
  v1::Status_Parse(kPrefix + name, &out);
  return out;
}

v1::Findings StatusesFrom(const std::vector<v1::RegisterCheck>& checks) {
  v1::Findings out;
  for (const v1::RegisterCheck& check : checks) {
    for (const int each : check.statuses()) {
      const auto status = static_cast<v1::Status>(each);
      const v1::StatusFinding finding = FindingOf(status, check);
      v1::StatusFinding* const before = FindStatus(status, &out);
      if (before == nullptr) {
        *out.add_statuses() = finding;
      } else if (Weight(finding.found()) > Weight(before->found())) {
        *before = finding;
      }
    }
  }
  return out;
}

absl::Status TakeStatuses(const std::vector<v1::RegisterCheck>& checks, const v1::Findings& stated,
                          v1::Findings* found) {
  const v1::Findings registers = StatusesFrom(checks);
  for (const v1::StatusFinding& each : registers.statuses()) {
    v1::StatusFinding* const before = FindStatus(each.status(), found);
    if (before == nullptr) {
      *found->add_statuses() = each;
      continue;
    }
    const bool known = before->found() == v1::FOUND_YES || before->found() == v1::FOUND_NO;
    const bool by_officer = !before->has_looked_up_at();
    if (each.found() == v1::FOUND_YES) {
      if (Stated(each.status(), v1::FOUND_NO, stated)) {
        if (each.status() == v1::STATUS_DECEASED) continue;
        return MakeError(Reason::STATE_CONFLICT,
                         {.field = "findings.statuses",
                          .detail = v1::Status_Name(each.status()).substr(sizeof(kPrefix) - 1) +
                                    ": a register says otherwise"});
      }
    } else if (known && (by_officer || each.found() == v1::FOUND_SOURCE_UNAVAILABLE)) {
      continue;
    }
    *before = each;
  }
  return absl::OkStatus();
}

absl::Status TakeCertificate(const std::vector<v1::RegisterCheck>& checks, const Certificate& certificate,
                             v1::Findings* stated) {
  bool away = false;
  for (const v1::RegisterCheck& check : checks) {
    if (!check.statuses().empty()) continue;
    away |= !WasAsked(check);
    for (const v1::RegisterRecord& record : check.records()) {
      if (const absl::Status status = CheckNumber(record, certificate); !status.ok()) return status;
      if (const absl::Status status = TakeRecord(record, stated); !status.ok()) return status;
    }
  }
  if (stated->cert_state() != v1::CERT_STATE_UNSPECIFIED) return absl::OkStatus();
  if (away) return MakeError(Reason::SOURCE_UNAVAILABLE, {.field = "findings.cert_state"});
  return MakeError(Reason::BAD_REQUEST, {.field = "findings.cert_state", .detail = "is what 残联 checks"});
}

}  // namespace chuanyu::disability
