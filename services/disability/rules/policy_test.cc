#include "services/disability/rules/policy.h"

#include "absl/strings/str_replace.h"
#include "common/errors/error.h"
#include "services/disability/rules/rules_testing.h"

namespace chuanyu::disability {
namespace {

const std::string& Rules() {
  static const auto* const text = new std::string(ReadText(kDeploy + "/policy/disability/500000.toml"));
  return *text;
}
const std::string& Standards() {
  static const auto* const text = new std::string(ReadText(kStandards));
  return *text;
}

std::string Load(const std::string& rules, const std::string& standards) {
  const auto policy = DisabilityPolicy::Parse(rules, standards);
  return policy.ok() ? "OK" : std::string(policy.status().message());
}

TEST(DisabilityPolicy, IsReadAsShipped) {
  for (const char* region : {"500000", "510000"}) {
    const DisabilityPolicy& policy = ShippedPolicy(region);
    const auto day = policy.On(Date(2026, 6, 15));
    ASSERT_TRUE(day.ok()) << day.status();
    EXPECT_EQ(day->care_months, 6);
    EXPECT_EQ(day->life_families, (std::set<v1::Status>{v1::STATUS_DIBAO}));
    EXPECT_FALSE(policy.On(Date(2015, 12, 31)).ok());
    EXPECT_EQ(policy.FenOn(Date(2026, 6, 15), v1::BENEFIT_CARE, 2).value(), 8800);
    EXPECT_FALSE(policy.FenOn(Date(2015, 6, 15), v1::BENEFIT_CARE, 2).ok()) << "an amount is never guessed";
  }
}

TEST(DisabilityPolicy, RefusesAFileThatLeavesSomethingOpen) {
  struct Row {
    const char* from;
    const char* to;
    const char* told;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"families = [\"DIBAO\"]", "families = []", "families"},
           {"families = [\"DIBAO\"]", "families = [\"RICH\"]", "families"},
           {"grades = [1, 2]", "grades = [0]", "grades"},
           {"effect = \"NONE\"", "effect = \"SOMETIMES\"", "effect"},
           {"status = \"ORPHAN\"", "status = \"TEKUN\"", "has an effect already"},
           {"months = 6", "month = 6", "months"},
           {"region =", "extra = 1\nregion =", "extra"},
           {"from = 2016-01-01", "to = 2016-01-01", "from"},
       }) {
    const std::string text = absl::StrReplaceAll(Rules(), {{row.from, row.to}});
    ASSERT_NE(text, Rules()) << row.from;
    EXPECT_TRUE(HasReason(DisabilityPolicy::Parse(text, Standards()).status(), Reason::CONFIG_INVALID));
    EXPECT_NE(Load(text, Standards()).find(row.told), std::string::npos)
        << row.to << ": " << Load(text, Standards());
  }
  EXPECT_EQ(Load(Rules(), Standards()), "OK");
  EXPECT_NE(Load(Rules(), "version = \"x\""), "OK") << "no amounts";
  EXPECT_NE(Load(Rules(), absl::StrReplaceAll(Standards(), {{"grades = [2, 3, 4]", "grades = [1, 2]"}})),
            "OK")
      << "two amounts for one grade";
  EXPECT_NE(Load(Rules(), absl::StrReplaceAll(Standards(), {{"fen_month = 8800", "fen_month = 0"}})), "OK");
}

}  // namespace
}  // namespace chuanyu::disability
