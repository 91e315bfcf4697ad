#include "tests/support/child_region.h"

#include "absl/strings/str_cat.h"
#include "tests/support/region.h"

namespace chuanyu::testing {

const RegionService& ChildWelfare() {
  static const auto* const service = new RegionService{
      .name = "child",
      .program = "chuanyu-child-welfare",
      .system = "child-welfare",
      .provider = "chuanyu.child_welfare.v1.ChildWelfareProvider",
      .config =
          [](const Region& region, const RegionService& self) {
            const std::string keys = region.keys_folder();
            return CaseServiceConfig(
                region, self,
                {.item = "child_welfare",
                 .roles = "\"WINDOW\", \"TOWN\", \"COUNTY\"",
                 .keys = absl::StrCat("sign_ed25519 = \"", keys, "/ed25519.key\"\nsign_sm2 = \"", keys,
                                      "/sm2.key\"\n")});
          },
      .follows = true};
  return *service;
}

}  // namespace chuanyu::testing
