#include "tests/support/marriage_region.h"

#include "tests/support/region.h"

namespace chuanyu::testing {

const RegionService& Marriage() {
  static const auto* const service = new RegionService{
      .name = "marriage",
      .program = "chuanyu-marriage",
      .system = "marriage",
      .provider = "chuanyu.marriage.v1.MarriageProvider",
      .config = [](const Region& region, const RegionService& self) {
        return CaseServiceConfig(region, self,
                                 {.item = "marriage",
                                  .roles = "\"MARRIAGE_OFFICER\"",
                                  // 渝北区 until 2026-01-24: tests stand on days before that, too.
                                  .former_counties = region.code() == "500000" ? ", \"500112\"" : ""});
      }};
  return *service;
}

}  // namespace chuanyu::testing
