#include "services/disability/rules/certificate.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::disability {
namespace {

constexpr size_t kIdLength = 18;
constexpr size_t kLength = 20;
constexpr size_t kReissuedLength = 22;

absl::Status BadCode(const std::string& field, const char* detail) {
  return MakeError(Reason::E_CERT_CODE, {.field = field, .detail = detail});
}

// "A digit from 1 to `last`" as a number; 0 otherwise.
int DigitTo(char c, char last) { return c >= '1' && c <= last ? c - '0' : 0; }

absl::StatusOr<Disability> ReadNumber(const std::string& number, const CitizenId& holder,
                                      const std::string& field) {
  if (number.size() != kLength && number.size() != kReissuedLength) {
    return BadCode(field, "not 20 characters, or 22 of a reissue");
  }
  std::string id = number.substr(0, kIdLength);
  if (id.back() == 'x') id.back() = 'X';
  if (id != holder.canonical()) return MakeError(Reason::E_CERT_ID, {.field = field});
  if (number.size() == kReissuedLength &&
      (number[kLength] != 'B' || DigitTo(number[kLength + 1], '9') == 0)) {
    return BadCode(field, "not the mark of a reissue");
  }
  const int type = DigitTo(number[kIdLength], '7');
  const int grade = DigitTo(number[kIdLength + 1], '4');
  if (type == 0) return BadCode(field, "no type 1 to 7");
  if (grade == 0) return BadCode(field, "no grade 1 to 4");
  return Disability{.type = static_cast<v1::DisabilityType>(type), .grade = grade};
}

absl::StatusOr<std::vector<Disability>> ReadPairs(const v1::Certificate& certificate,
                                                  const Disability& stated, const std::string& field) {
  std::vector<Disability> out;
  std::set<v1::DisabilityType> seen;
  for (const v1::CertPair& pair : certificate.pairs()) {
    if (pair.type() < v1::DISABILITY_TYPE_VISUAL || pair.type() > v1::DISABILITY_TYPE_MENTAL ||
        pair.grade() < 1 || pair.grade() > 4) {
      return BadCode(field, "no type 1 to 6 of grade 1 to 4");
    }
    if (!seen.insert(pair.type()).second) return BadCode(field, "names a type twice");
    out.push_back({.type = pair.type(), .grade = pair.grade()});
  }
  if (stated.type != v1::DISABILITY_TYPE_MULTIPLE) {
    if (out.empty()) return std::vector<Disability>{stated};
    if (out.size() == 1 && out.front() == stated) return out;
    return BadCode(field, "is not the one of the number");
  }
  if (out.size() < 2) return BadCode(field, "names fewer than two disabilities");
  std::stable_sort(out.begin(), out.end(),
                   [](const Disability& a, const Disability& b) { return a.grade < b.grade; });
  if (out.front().grade != stated.grade) return BadCode(field, "its heaviest is not the grade of the number");
  return out;
}

}  // namespace

absl::StatusOr<Certificate> ReadCertificate(const v1::Certificate& certificate, const CitizenId& holder,
                                            Date day, const std::string& field) {
  Certificate out;
  CHUANYU_ASSIGN_OR_RETURN(const Disability stated,
                           ReadNumber(certificate.cert_no(), holder, field + ".cert_no"));
  CHUANYU_ASSIGN_OR_RETURN(out.disabilities, ReadPairs(certificate, stated, field + ".pairs"));
  CHUANYU_ASSIGN_OR_RETURN(out.valid_to, ParseDate(certificate.valid_to().value(), field + ".valid_to"));
  if (out.valid_to < day) {
    return MakeError(Reason::E_CERT_STATE, {.field = field + ".valid_to", .detail = "has expired"});
  }
  if (certificate.state() != v1::CERT_STATE_VALID) {
    return MakeError(Reason::E_CERT_STATE, {.field = field + ".state", .detail = "is not valid"});
  }
  return out;
}

}  // namespace chuanyu::disability
