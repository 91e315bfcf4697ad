#include "tests/support/disability_region.h"

#include "absl/strings/str_cat.h"
#include "tests/support/region.h"

namespace chuanyu::testing {

const RegionService& Disability() {
  static const auto* const service = new RegionService{
      .name = "disability",
      .program = "chuanyu-disability",
      .system = "disability",
      .provider = "chuanyu.disability.v1.DisabilityProvider",
      .config =
          [](const Region& region, const RegionService& self) {
            return CaseServiceConfig(region, self,
                                     {.item = "disability",
                                      .roles = "\"WINDOW\", \"TOWN\", \"DISABLED_FED\", \"COUNTY\"",
                                      .policy = absl::StrCat("standards = \"", CHUANYU_SOURCE_DIR,
                                                             "/deploy/demo/disability-standards.toml\"\n")});
          },
      .follows = true};
  return *service;
}

}  // namespace chuanyu::testing
