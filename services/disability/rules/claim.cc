#include "services/disability/rules/claim.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/calendar/month.h"
#include "common/errors/error.h"

namespace chuanyu::disability {
namespace {

constexpr int kMaxCareMonths = 1200;

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

absl::Status CheckFiler(const v1::Filer& filer, const Person& person, Date today,
                        const DivisionTable& divisions) {
  if (filer.role() == v1::FILER_ROLE_UNSPECIFIED || !v1::FilerRole_IsValid(filer.role())) {
    return Bad("filer.role", "missing or unknown");
  }
  if (filer.role() == v1::FILER_ROLE_SELF || filer.role() == v1::FILER_ROLE_VILLAGE) {
    return filer.has_person() ? Bad("filer.person", "given for a role that has none") : absl::OkStatus();
  }
  std::vector<Warning> warnings;
  CHUANYU_ASSIGN_OR_RETURN(const Person other,
                           ParsePerson(filer.person(), today, divisions, "filer.person", &warnings));
  if (other.Key() == person.Key()) return Bad("filer.person", "is the disabled person");
  return other.IsAdultOn(today) ? absl::OkStatus() : Bad("filer.person", "is not of full age");
}

absl::Status CheckAccount(const v1::BankAccount& account, const Person& person, const v1::Filer& filer) {
  if (account.bank().empty() || account.bank().size() > 200) return Bad("claimant.account.bank", "missing");
  const std::string& number = account.account_no();
  if (number.size() < 8 || number.size() > 32 ||
      !std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return Bad("claimant.account.account_no", "not 8 to 32 digits");
  }
  const bool guardian =
      filer.role() == v1::FILER_ROLE_GUARDIAN && filer.person().name() == account.holder_name();
  if (account.holder_name() == person.name || guardian) return absl::OkStatus();
  return MakeError(Reason::E_ACCOUNT_NAME, {.field = "claimant.account.holder_name"});
}

absl::StatusOr<std::set<v1::Benefit>> ReadBenefits(const v1::Claimant& claimant) {
  std::set<v1::Benefit> out;
  for (const int benefit : claimant.benefits()) {
    if (benefit != v1::BENEFIT_LIFE && benefit != v1::BENEFIT_CARE)
      return Bad("claimant.benefits", "unknown");
    if (!out.insert(static_cast<v1::Benefit>(benefit)).second) {
      return Bad("claimant.benefits", "names one twice");
    }
  }
  if (out.empty()) return Bad("claimant.benefits", "names none");
  return out;
}

}  // namespace

absl::StatusOr<Claim> ReadClaim(const v1::Claimant& claimant, const v1::Filer& filer, Date received,
                                Date today, const DivisionTable& divisions) {
  Claim out;
  std::vector<Warning> warnings;
  CHUANYU_ASSIGN_OR_RETURN(out.person,
                           ParsePerson(claimant.person(), today, divisions, "claimant.person", &warnings));
  if (!out.person.document) return Bad("claimant.person.doc_type", "a certificate needs an ID number");
  CHUANYU_ASSIGN_OR_RETURN(out.hukou_region,
                           RegionOf(claimant.hukou_code(), today, divisions, "claimant.hukou_code"));
  out.hukou_code = claimant.hukou_code().code();
  CHUANYU_RETURN_IF_ERROR(
      RegionOf(claimant.residence_code(), today, divisions, "claimant.residence_code").status());
  CHUANYU_ASSIGN_OR_RETURN(out.benefits, ReadBenefits(claimant));
  CHUANYU_ASSIGN_OR_RETURN(out.certificate, ReadCertificate(claimant.certificate(), *out.person.document,
                                                            received, "claimant.certificate"));
  if (claimant.care_months() < 0 || claimant.care_months() > kMaxCareMonths) {
    return Bad("claimant.care_months", "not 0 to 1200");
  }
  out.care_months = claimant.care_months();
  CHUANYU_RETURN_IF_ERROR(CheckFiler(filer, out.person, today, divisions));
  CHUANYU_RETURN_IF_ERROR(CheckAccount(claimant.account(), out.person, filer));
  return out;
}

absl::Status CheckTransfer(const v1::Transfer& transfer, const std::set<v1::Benefit>& benefits) {
  std::set<v1::Benefit> moved;
  for (const v1::MovedGrant& each : transfer.grants()) {
    CHUANYU_RETURN_IF_ERROR(ParseMonth(each.from_month().value(), "transfer.grants.from_month").status());
    if (!moved.insert(each.benefit()).second) return Bad("transfer.grants.benefit", "names one twice");
  }
  if (moved != benefits) return Bad("transfer.grants", "are not the subsidies that are asked for");
  return ParseDate(transfer.moved_on().value(), "transfer.moved_on").status();
}

}  // namespace chuanyu::disability
