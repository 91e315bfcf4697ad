#include "services/elderly_care/rules/filing_no.h"

#include "absl/strings/str_format.h"
#include "common/errors/error.h"

namespace chuanyu::elderly_care {

std::string FilingSeries(const std::string& authority, Date day) {
  return absl::StrFormat("YLBA-%s-%04d", authority, day.year());
}

absl::StatusOr<std::string> FilingNumber(const std::string& series, int64_t sequence) {
  if (sequence < 1 || sequence > 999'999)
    return MakeError(Reason::INTERNAL, {.detail = "a series of filing numbers is used up"});
  return absl::StrFormat("%s-%06d", series, sequence);
}

}  // namespace chuanyu::elderly_care
