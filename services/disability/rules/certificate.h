// 残疾人证 as a number states it: 18 characters of the holder's ID, one of type, one of grade; reissues
// append "B1", "B2" ... Domain page §2.4, §8. Pure, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/disability/v1/facts.pb.h"
#include "common/calendar/date.h"
#include "common/identity/citizen_id.h"

namespace chuanyu::disability {

struct Disability {
  v1::DisabilityType type = v1::DISABILITY_TYPE_UNSPECIFIED;
  int grade = 0;  // 1 (heaviest) to 4

  friend bool operator==(const Disability&, const Disability&) = default;
};

struct Certificate {
  std::vector<Disability> disabilities;  // heaviest first; one, unless it is for several
  Date valid_to;

  // GB/T 26341-2010: of several the heaviest decides.
  int HeaviestGrade() const { return disabilities.front().grade; }
};

// Reads what an application shows on the day it is received. Errors name the field below "certificate":
// E_CERT_ID when it is another person's, E_CERT_CODE for a number that is none or pairs that are not those of
// the number, E_CERT_STATE unless it is valid on `day`.
absl::StatusOr<Certificate> ReadCertificate(const v1::Certificate& certificate, const CitizenId& holder,
                                            Date day, const std::string& field);

}  // namespace chuanyu::disability
