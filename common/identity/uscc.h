// 统一社会信用代码, the code of an organisation, GB 32100-2015 and domain page §2.2. Pure, thread-safe.
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/identity/warning.h"

namespace chuanyu {

// Made by ParseUscc only: who holds one holds a checked code.
class Uscc {
 public:
  // The 18 characters.
  std::string str() const { return std::string(code_.data(), code_.size()); }
  // Registration department (character 1): '1' 机构编制, '5' 民政, '9' 市场监管, and so on.
  char department() const { return code_[0]; }
  // Class within the department (character 2), e.g. "52" is a non-profit, "91" a company, "12" a public
  // institution.
  char org_class() const { return code_[1]; }
  // Division where it was first registered (characters 3 to 8). Not its seat today.
  std::string division() const { return std::string(code_.data() + 2, 6); }

  friend bool operator==(const Uscc&, const Uscc&) = default;
  friend std::strong_ordering operator<=>(const Uscc&, const Uscc&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Uscc& uscc) {
    return H::combine(std::move(state), uscc.code_);
  }

 private:
  friend struct UsccMaker;
  Uscc() = default;
  std::array<char, 18> code_ = {};
};

// A checked code and what is odd about it.
struct ParsedUscc {
  Uscc uscc;
  std::vector<Warning> warnings;
};

// Errors name `field`: USCC_LENGTH, USCC_CHARSET (outside 0-9 A-Y without I O S V Z; lower case and
// full-width are refused), USCC_CHECK, USCC_DEPARTMENT (check right, department unknown). The check comes
// before the department, so one mistyped character is always USCC_CHECK. Warnings: kUsccOrgCheck, kUsccClass,
// kUsccDivision.
absl::StatusOr<ParsedUscc> ParseUscc(std::string_view text, std::string_view field = "uscc");

}  // namespace chuanyu
