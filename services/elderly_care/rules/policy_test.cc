#include "services/elderly_care/rules/policy.h"

#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "services/elderly_care/rules/rules_testing.h"

namespace chuanyu::elderly_care {
namespace {

constexpr char kFile[] = R"(version = "test"
[[period]]
from = 2020-11-01
to = 2026-12-31
[period.threshold]
beds = 10
source = "test"
[period.filing]
working_days = 10
source = "test"
[period.unfiled]
working_days = 20
source = "test"
[[period.competence]]
nature = "FOR_PROFIT"
by = "PREMISES"
source = "test"
[[period.competence]]
nature = "NON_PROFIT"
by = "REGISTRATION"
source = "test"
[[period.competence]]
nature = "PUBLIC"
by = "REGISTRATION"
source = "test"
)";

TEST(Policy, HoldsFromDayToDay) {
  const auto policy = ElderPolicy::Parse(kFile, "test.toml");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->On(Date(2026, 12, 31))->beds_min, 10);
  EXPECT_EQ(ReasonText(policy->On(Date(2027, 1, 1)).status()), "CONFIG_INVALID");
  EXPECT_EQ(ReasonText(policy->On(Date(2020, 10, 31)).status()), "CONFIG_INVALID");
}

TEST(Policy, RefusesWhatIsNoPolicy) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"beds = 10", "beds = 0"},
           {"beds = 10", "beds = 10\nrooms = 1"},
           {"working_days = 10\nsource = \"test\"", "working_days = 10\nsource = \"\""},
           {"\"PUBLIC\"", "\"NON_PROFIT\""},
           {"\"PUBLIC\"", "\"PRIVATE\""},
           {"\"PREMISES\"", "\"HOME\""},
           {"to = 2026-12-31", "to = 2020-10-31"}}) {
    EXPECT_EQ(ReasonText(ElderPolicy::Parse(absl::StrReplaceAll(kFile, {{from, to}}), "test.toml").status())
                  .substr(0, 14),
              "CONFIG_INVALID")
        << to;
  }
}

TEST(Policy, ShippedOneGoesOn) {
  EXPECT_EQ(PolicyOn(Date(2020, 11, 1)).beds_min, 10);
  EXPECT_EQ(PolicyOn(Date(2030, 1, 1)).filing_days, 10);
}

}  // namespace
}  // namespace chuanyu::elderly_care
