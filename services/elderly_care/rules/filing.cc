#include "services/elderly_care/rules/filing.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/person/person.h"
#include "services/elderly_care/rules/fields.h"

namespace chuanyu::elderly_care {
namespace {

// So many days hold ten working days whatever the holidays: beyond them no calendar is asked, which may not
// go back that far.
constexpr int kSurelyLateFactor = 6;

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

absl::Status CheckPhone(const std::string& text, const std::string& field) {
  if (text.size() >= 5 && text.size() <= 20 && text.find_first_not_of("0123456789-+") == std::string::npos) {
    return absl::OkStatus();
  }
  return Bad(field, "is no telephone number of 5 to 20 digits");
}

absl::Status CheckInstitution(const v1::Institution& in, Date today, const DivisionTable& divisions) {
  CHUANYU_RETURN_IF_ERROR(CheckText(in.name(), 50, "institution.name"));
  if (!v1::Registration_IsValid(in.registration()) || in.registration() == v1::REGISTRATION_UNSPECIFIED) {
    return Bad("institution.registration", "missing or unknown");
  }
  // 老年人权益保障法 §43: registration first, then service, then filing.
  if (in.registration() != v1::REGISTRATION_REGISTERED) {
    return MakeError(Reason::D_NOT_REGISTERED, {.field = "institution.registration"});
  }
  std::vector<Warning> ignored;
  CHUANYU_RETURN_IF_ERROR(
      ParsePerson(in.legal_rep(), today, divisions, "institution.legal_rep", &ignored).status());
  CHUANYU_RETURN_IF_ERROR(CheckPhone(in.phone(), "institution.phone"));
  CHUANYU_RETURN_IF_ERROR(CheckText(in.contact_name(), 50, "institution.contact_name"));
  return CheckPhone(in.contact_phone(), "institution.contact_phone");
}

absl::Status CheckBeds(const v1::Premises& premises, const PolicyDay& policy) {
  if (premises.beds_nursing() < 0 || premises.beds_nursing() > premises.beds_total()) {
    return MakeError(Reason::D_BEDS_INCONSISTENT, {.field = "premises.beds_nursing"});
  }
  if (premises.beds_total() < policy.beds_min) {
    return MakeError(Reason::D_BELOW_THRESHOLD, {.field = "premises.beds_total"});
  }
  return premises.beds_total() > 100'000 ? Bad("premises.beds_total", "is out of range") : absl::OkStatus();
}

absl::Status CheckOwnership(const v1::Premises& premises) {
  if (!v1::Ownership_IsValid(premises.ownership()) || premises.ownership() == v1::OWNERSHIP_UNSPECIFIED) {
    return Bad("premises.ownership", "missing or unknown");
  }
  if (premises.ownership() != v1::OWNERSHIP_LEASE) {
    return premises.has_lease_until() ? Bad("premises.lease_until", "without a lease") : absl::OkStatus();
  }
  return ParseDate(premises.lease_until().value(), "premises.lease_until").status();
}

absl::Status CheckPremises(const v1::Premises& premises, const PolicyDay& policy) {
  CHUANYU_RETURN_IF_ERROR(CheckPremisesId(premises.premises_id(), "premises.premises_id"));
  CHUANYU_RETURN_IF_ERROR(CheckText(premises.address(), 100, "premises.address"));
  if (premises.has_location()) {
    const v1::Location& at = premises.location();
    if (at.longitude_e7() < -1'800'000'000 || at.longitude_e7() > 1'800'000'000 ||
        at.latitude_e7() < -900'000'000 || at.latitude_e7() > 900'000'000) {
      return Bad("premises.location", "is not on earth");
    }
  }
  CHUANYU_RETURN_IF_ERROR(CheckOwnership(premises));
  CHUANYU_RETURN_IF_ERROR(CheckBeds(premises, policy));
  if (premises.area_m2_x100() <= 0) return Bad("premises.area_m2_x100", "is required");
  if (premises.grade() < 0 || premises.grade() > 5) return Bad("premises.grade", "is not 0 to 5");
  return absl::OkStatus();
}

constexpr char kForm[] = "APPLICATION_FORM";
constexpr char kCertificate[] = "REGISTRATION_CERTIFICATE";
constexpr char kCommitment[] = "COMMITMENT";

absl::StatusOr<std::vector<std::string>> MissingOf(const v1::Filing& filing, Date today) {
  std::vector<std::string> missing;
  const v1::Materials& papers = filing.materials();
  if (!papers.application_form()) missing.emplace_back(kForm);
  if (papers.registration_certificate_no().empty()) missing.emplace_back(kCertificate);
  if (!papers.has_commitment_signed_at()) {
    missing.emplace_back(kCommitment);
    return missing;
  }
  CHUANYU_ASSIGN_OR_RETURN(const Date signed_at, ParseDate(papers.commitment_signed_at().value(),
                                                           "materials.commitment_signed_at"));
  if (signed_at > today) {
    return MakeError(Reason::DATE_INVALID, {.field = "materials.commitment_signed_at"});
  }
  return missing;
}

// Domain page §2.2: 91 a company, 52 a non-profit, 12 a public institution. Plausible or not, no more.
bool FitsNature(const Uscc& uscc, v1::Nature nature) {
  const std::string begins = {uscc.department(), uscc.org_class()};
  switch (nature) {
    case v1::NATURE_FOR_PROFIT:
      return begins == "91";
    case v1::NATURE_NON_PROFIT:
      return begins == "52";
    case v1::NATURE_PUBLIC:
      return begins == "12";
    default:
      return false;
  }
}

// A province or a city above the other one, or the same.
bool IsAbove(const std::string& above, const std::string& code) {
  const size_t digits = absl::EndsWith(above, "0000") ? 2 : absl::EndsWith(above, "00") ? 4 : 6;
  return above.substr(0, digits) == code.substr(0, digits);
}

// The code keeps the division of the first registration: what followed that, and what is above or below it,
// is as plausible.
bool FitsRegistration(const std::string& division, const std::string& registered, Date today,
                      const DivisionTable& divisions) {
  if (IsAbove(division, registered) || IsAbove(registered, division)) return true;
  const auto first = DivisionCode::Parse(division);
  const auto now = DivisionCode::Parse(registered);
  if (!first.ok() || !now.ok()) return false;
  const auto follows = [&](const DivisionCode& later, const DivisionCode& earlier) {
    const auto successors = divisions.Successors(earlier, today);
    return std::find(successors.begin(), successors.end(), later) != successors.end();
  };
  // Also when the register still gives the old name.
  return follows(*now, *first) || follows(*first, *now);
}

std::vector<std::string> WarningsOf(const ParsedUscc& parsed, const v1::Institution& in, Date today,
                                    const DivisionTable& divisions) {
  std::vector<std::string> out;
  for (const Warning warning : parsed.warnings) out.emplace_back(WarningName(warning));
  const std::string division = parsed.uscc.division();
  const bool digits = division.find_first_not_of("0123456789") == std::string::npos;
  if (digits && divisions.StatusOn(division, today) == AddressCodeStatus::kUnknown) {
    out.emplace_back("W_USCC_DIVISION_UNKNOWN");
  } else if (digits && !FitsRegistration(division, in.registered_at().code(), today, divisions)) {
    out.emplace_back("W_USCC_DIVISION_ELSEWHERE");
  }
  if (!FitsNature(parsed.uscc, in.nature())) out.emplace_back("W_USCC_NATURE");
  return out;
}

}  // namespace

void SetParsed(const ParsedFiling& parsed, v1::Filing* filing) {
  *filing->mutable_missing() = {parsed.missing.begin(), parsed.missing.end()};
  *filing->mutable_warnings() = {parsed.warnings.begin(), parsed.warnings.end()};
}

absl::Status CheckComplete(const std::vector<std::string>& missing) {
  for (const std::string& paper : missing) {
    if (paper == kCommitment) {
      return MakeError(Reason::D_COMMITMENT_MISSING, {.field = "materials.commitment_signed_at"});
    }
    if (paper == kCertificate) {
      return MakeError(Reason::D_NOT_REGISTERED, {.field = "materials.registration_certificate_no"});
    }
    if (paper == kForm) return Bad("materials.application_form", "is required");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Date>> FirstAdmission(const v1::Filing& filing, Date today) {
  if (!filing.has_first_admission_date()) return std::optional<Date>();
  CHUANYU_ASSIGN_OR_RETURN(const Date day,
                           ParseDate(filing.first_admission_date().value(), "first_admission_date"));
  if (day > today) return MakeError(Reason::DATE_INVALID, {.field = "first_admission_date"});
  return std::optional<Date>(day);
}

absl::StatusOr<ParsedFiling> ParseFiling(const v1::Filing& filing, const PolicyDay& policy, Date today,
                                         const DivisionTable& divisions) {
  CHUANYU_ASSIGN_OR_RETURN(const ParsedUscc parsed,
                           ParseUscc(filing.institution().uscc(), "institution.uscc"));
  CHUANYU_RETURN_IF_ERROR(CheckInstitution(filing.institution(), today, divisions));
  CHUANYU_RETURN_IF_ERROR(CheckPremises(filing.premises(), policy));
  CHUANYU_ASSIGN_OR_RETURN(Authority authority, AuthorityOf(filing, policy, today, divisions));
  CHUANYU_RETURN_IF_ERROR(FirstAdmission(filing, today).status());
  CHUANYU_ASSIGN_OR_RETURN(std::vector<std::string> missing, MissingOf(filing, today));
  return ParsedFiling{.uscc = parsed.uscc,
                      .premises_id = filing.premises().premises_id(),
                      .authority = std::move(authority),
                      .missing = std::move(missing),
                      .warnings = WarningsOf(parsed, filing.institution(), today, divisions)};
}

absl::StatusOr<bool> IsLate(const v1::Filing& filing, const PolicyDay& policy, Date submitted,
                            const WorkCalendar& calendar) {
  if (!filing.has_first_admission_date()) return false;
  CHUANYU_ASSIGN_OR_RETURN(const Date admitted,
                           ParseDate(filing.first_admission_date().value(), "first_admission_date"));
  if (admitted >= submitted) return false;  // as corrected later
  if (submitted - admitted > kSurelyLateFactor * policy.filing_days) return true;
  CHUANYU_ASSIGN_OR_RETURN(const Date last, calendar.NthWorkingDayAfter(admitted, policy.filing_days));
  return submitted > last;
}

}  // namespace chuanyu::elderly_care
