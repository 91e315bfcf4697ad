#include "services/marriage/rules/certificate.h"

#include "absl/strings/str_format.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::marriage {

absl::StatusOr<CertificateSeries> SeriesOf(v1::RegistrationKind kind, const RegistryOffice& office,
                                           const DivisionTable& divisions, Date day) {
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode address, DivisionCode::Parse(office.address));
  CHUANYU_ASSIGN_OR_RETURN(const DivisionCode county, divisions.CompetentCounty(address, day, kOrgan));
  return CertificateSeries{.prefix = kind == v1::REGISTRATION_KIND_DIVORCE ? "L" : "J",
                           .division = county.str(),
                           .year = day.year()};
}

absl::StatusOr<std::string> CertificateNumber(const CertificateSeries& series, int64_t sequence) {
  if (sequence < 1 || sequence > 999999) {
    return MakeError(Reason::INTERNAL, {.detail = "the year's certificate numbers are used up"});
  }
  return absl::StrFormat("%s%s-%04d-%06d", series.prefix, series.division, series.year, sequence);
}

}  // namespace chuanyu::marriage
