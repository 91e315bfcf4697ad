#include "common/policy/archive.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

std::string Rule(const std::string& periods) { return "version = \"test\"\n" + periods; }
std::string Period(const std::string& span, int months) {
  return absl::StrCat("[[period]]\n", span, "\nmonths = ", months, "\nsource = \"test\"\n");
}

TEST(ArchiveRule, TheRuleOfTheDayDecides) {
  const auto rule = ArchiveRule::Parse(
      Rule(Period("from = 2021-01-01\nto = 2027-12-31", 60) + Period("from = 2028-01-01", 36)));
  ASSERT_TRUE(rule.ok()) << rule.status();
  EXPECT_EQ(rule->KeptAfter(Date(2026, 11, 26)).value(), Date(2021, 11, 26));
  EXPECT_EQ(rule->KeptAfter(Date(2027, 12, 31)).value(), Date(2022, 12, 31));
  EXPECT_EQ(rule->KeptAfter(Date(2028, 2, 29)).value(), Date(2025, 2, 28));
  EXPECT_TRUE(HasReason(rule->KeptAfter(Date(2020, 12, 31)).status(), Reason::CONFIG_INVALID));
}

TEST(ArchiveRule, NeverLessThanThreeYearsAndNeverWithoutASource) {
  for (const std::string& periods :
       {Period("from = 2021-01-01", 35), Period("from = 2021-01-01", 0), std::string(),
        std::string("[[period]]\nfrom = 2021-01-01\nmonths = 60\n"),
        Period("from = 2021-01-01\nto = 2021-12-31", 60) + Period("from = 2022-01-02", 60),
        Period("from = 2021-01-01", 60) + "days = 3\n"}) {
    EXPECT_TRUE(HasReason(ArchiveRule::Parse(Rule(periods)).status(), Reason::CONFIG_INVALID)) << periods;
  }
}

TEST(ArchiveRule, ThoseThatAreShippedAreReadable) {
  for (const char* item : {"child_welfare", "disability"}) {
    const auto rule =
        ArchiveRule::Load(absl::StrCat(CHUANYU_SOURCE_DIR, "/deploy/policy/", item, "/archive.toml"));
    ASSERT_TRUE(rule.ok()) << rule.status();
    EXPECT_LE(rule->KeptAfter(Date(2026, 11, 26)).value(), Date(2023, 11, 26)) << item;
  }
}

}  // namespace
}  // namespace chuanyu
