#include "tests/support/elderly_region.h"

#include "tests/support/region.h"

namespace chuanyu::testing {

const RegionService& ElderlyCare() {
  static const auto* const service = new RegionService{
      .name = "elder",
      .program = "chuanyu-elderly-care",
      .system = "elderly-care",
      .provider = "chuanyu.elderly_care.v1.ElderlyCareProvider",
      .config = [](const Region& region, const RegionService& self) {
        return CaseServiceConfig(region, self, {.item = "elderly_care", .roles = "\"WINDOW\", \"COUNTY\""});
      }};
  return *service;
}

}  // namespace chuanyu::testing
