#include "common/identity/warning.h"

namespace chuanyu {

std::string_view WarningName(Warning warning) {
  switch (warning) {
    case Warning::kIdRegionUnknown:
      return "W_ID_REGION_UNKNOWN";
    case Warning::kIdRegionAbolished:
      return "W_ID_REGION_ABOLISHED";
    case Warning::kIdLegacy15:
      return "W_ID_LEGACY15";
    case Warning::kUsccOrgCheck:
      return "W_USCC_ORG_CHECK";
    case Warning::kUsccClass:
      return "W_USCC_CLASS";
    case Warning::kUsccDivision:
      return "W_USCC_DIVISION";
  }
  return "W_UNKNOWN";
}

}  // namespace chuanyu
