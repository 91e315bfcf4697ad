// An application for subsidies, read into types that were checked. Domain page §8. Pure, thread-safe.
#pragma once

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/disability/v1/application.pb.h"
#include "common/identity/division.h"
#include "common/person/person.h"
#include "services/disability/rules/certificate.h"

namespace chuanyu::disability {

// Personal data.
struct Claim {
  Person person;
  std::string hukou_code;    // as stated
  std::string hukou_region;  // that decides and pays, 6 digits
  Certificate certificate;
  std::set<v1::Benefit> benefits;
  int care_months = 0;
};

// `received`: the day on which the application was; what it shows must be valid then, whenever it is read.
// Errors name the field: BAD_REQUEST, CODE_UNKNOWN, ID_*, those of ReadCertificate; E_ACCOUNT_NAME unless the
// account is the person's, or that of the guardian who files.
absl::StatusOr<Claim> ReadClaim(const v1::Claimant& claimant, const v1::Filer& filer, Date received,
                                Date today, const DivisionTable& divisions);

// What another region states of subsidies that it carries over. BAD_REQUEST unless they are those that are
// asked for, DATE_INVALID.
absl::Status CheckTransfer(const v1::Transfer& transfer, const std::set<v1::Benefit>& benefits);

}  // namespace chuanyu::disability
