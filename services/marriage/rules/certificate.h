// Certificate numbers, domain page §2.4: "J500112-2023-000001" for a marriage, "L…" for a divorce. Pure,
// thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/marriage/v1/registration.pb.h"
#include "common/identity/division.h"
#include "services/marriage/rules/policy.h"

namespace chuanyu::marriage {

// A series of numbers without gaps: one for each division, kind and year.
struct CertificateSeries {
  std::string prefix;    // "J" or "L"
  std::string division;  // 6 digits: of the office on the day of issue, whatever it was before
  int64_t year = 0;
};

// CODE_UNKNOWN when the office's address leads nowhere on `day`.
absl::StatusOr<CertificateSeries> SeriesOf(v1::RegistrationKind kind, const RegistryOffice& office,
                                           const DivisionTable& divisions, Date day);

// INTERNAL when `sequence` is not 1 to 999999: the form has six digits.
absl::StatusOr<std::string> CertificateNumber(const CertificateSeries& series, int64_t sequence);

}  // namespace chuanyu::marriage
