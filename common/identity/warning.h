// What is odd about a number that is accepted all the same. Domain page §2.1, §2.2. Names are stable: they
// are stored and counted. Thread-safe: plain values.
#pragma once

#include <string_view>

namespace chuanyu {

enum class Warning {
  // The address code is in no table we have. The public tables have holes, so never a reason to refuse.
  kIdRegionUnknown,
  // The address code was abolished before today. Normal: numbers are for life and keep the old code.
  kIdRegionAbolished,
  // A 15-digit number was converted to 18 characters.
  kIdLegacy15,
  // Character 17 does not fit characters 9 to 16 by GB 11714.
  kUsccOrgCheck,
  // The class (character 2) is not one known for the registration department.
  kUsccClass,
  // Characters 3 to 8 are not six digits.
  kUsccDivision,
};

// "W_ID_REGION_UNKNOWN" and so on.
std::string_view WarningName(Warning warning);

}  // namespace chuanyu
