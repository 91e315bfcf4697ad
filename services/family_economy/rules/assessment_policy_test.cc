#include "services/family_economy/rules/assessment_policy.h"

#include <set>

#include "gmock/gmock.h"
#include "services/family_economy/rules/assessment_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::HasSubstr;

constexpr auto kUrban = v1::HOUSEHOLD_TYPE_URBAN;
constexpr auto kRural = v1::HOUSEHOLD_TYPE_RURAL;

std::string Shipped(const std::string& region) {
  return std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/assessment/" + region + ".toml";
}

TEST(ShippedPolicies, CanBeReadAndHoldTheStandardsThatWereFound) {
  const auto chongqing = AssessmentPolicy::Load(Shipped("500000"));
  ASSERT_TRUE(chongqing.ok()) << chongqing.status();
  EXPECT_EQ((*chongqing->StandardOn("500112", kUrban, Date(2024, 7, 1)))->fen_month, 75'000);
  EXPECT_EQ((*chongqing->StandardOn("500112", kRural, Date(2024, 7, 1)))->fen_month, 61'000);
  EXPECT_EQ((*chongqing->PeriodOn(Date(2026, 3, 1)))->membership.clergy_away_months, 12);
  EXPECT_EQ((*chongqing->PeriodOn(Date(2026, 3, 1)))->disregard_months, 6);
  EXPECT_EQ((*chongqing->PeriodOn(Date(2026, 3, 1)))->bands.exit_months, 6);

  const auto sichuan = AssessmentPolicy::Load(Shipped("510000"));
  ASSERT_TRUE(sichuan.ok()) << sichuan.status();
  EXPECT_EQ((*sichuan->PeriodOn(Date(2026, 3, 1)))->membership.clergy_away_months, 36);
  // Nobody gave one: an error, not the neighbour's.
  EXPECT_TRUE(
      HasReason(sichuan->StandardOn("511623", kRural, Date(2026, 3, 1)).status(), Reason::CONFIG_INVALID));
}

TEST(StandardOn, TakesTheNearestPlaceAndTheDay) {
  struct Row {
    const char* place;
    v1::HouseholdType household;
    Date day;
    int64_t fen;
  };
  for (const Row& row :
       {Row{"500199", kUrban, Date(2026, 8, 31), 75'000}, Row{"500199", kUrban, Date(2026, 9, 1), 78'000},
        Row{"500112", kUrban, Date(2026, 9, 1), 76'001}, Row{"500112140", kUrban, Date(2024, 2, 29), 76'001},
        Row{"500112", kRural, Date(2024, 1, 1), 61'000}}) {
    const auto standard = TestPolicy().StandardOn(row.place, row.household, row.day);
    ASSERT_TRUE(standard.ok()) << standard.status();
    EXPECT_EQ((*standard)->fen_month, row.fen) << row.place << " " << FormatDate(row.day);
  }
}

TEST(StandardOn, IsAnErrorWhereThereIsNone) {
  EXPECT_TRUE(HasReason(TestPolicy().StandardOn("500112", kUrban, Date(2023, 12, 31)).status(),
                        Reason::CONFIG_INVALID));
  EXPECT_TRUE(
      HasReason(TestPolicy().StandardOn("500112", v1::HOUSEHOLD_TYPE_UNSPECIFIED, Date(2024, 1, 1)).status(),
                Reason::CONFIG_INVALID));
  EXPECT_TRUE(HasReason(TestPolicy().StandardOn("511623", kUrban, Date(2024, 1, 1)).status(),
                        Reason::ORG_NOT_COMPETENT));
  EXPECT_TRUE(
      HasReason(TestPolicy().StandardOn("", kUrban, Date(2024, 1, 1)).status(), Reason::ORG_NOT_COMPETENT));
}

TEST(PeriodOn, IsAnErrorWhereThereIsNone) {
  EXPECT_TRUE(TestPolicy().PeriodOn(Date(2026, 12, 31)).ok());
  EXPECT_TRUE(HasReason(TestPolicy().PeriodOn(Date(2027, 1, 1)).status(), Reason::CONFIG_INVALID));
  EXPECT_TRUE(HasReason(TestPolicy().PeriodOn(Date(2023, 12, 31)).status(), Reason::CONFIG_INVALID));
}

// One change to a good file, and what the error must name.
TEST(Parse, NamesWhatIsWrong) {
  struct Row {
    const char* from;
    const char* to;
    const char* says;
  };
  const Row rows[] = {
      {"edge_upper_bp = 15000", "edge_upper_bp = 15000\nedge_uper_bp = 1", "not a known key"},
      {"edge_upper_bp = 15000\n", "", "edge_upper_bp"},
      {"edge_upper_bp = 15000", "edge_upper_bp = 1.5", "not an integer"},
      {"exit_months = 6", "exit_months = 0", "not between"},
      {"to = 2026-08-31", "to = 2026-08-30", "gap after 2026-08-30"},
      {"to = 2026-08-31", "to = 2026-09-01", "overlaps"},
      {"to = 2026-08-31\n", "", "overlaps"},
      {"to = 2026-08-31", "to = 2023-08-31", "before the first day"},
      {"to = 2026-08-31", "to = 2026-02-30", "TOML"},
      {"from = 2024-01-01", "from = \"2024-13-01\"", "not a date"},
      {"fen_month = 75000", "fen_month = 0", "not between"},
      {"fen_month = 75000", "fen_month = -75000", "not between"},
      {"fen_month = 75000\n", "", "fen_month"},
      {"household = \"URBAN\"", "household = \"TOWN\"", "none of URBAN, RURAL"},
      {"place = \"500000\"", "place = \"510000\"", "not a 6-digit code of the region"},
      {"place = \"500000\"", "place = \"50000\"", "not a 6-digit code of the region"},
      {"confirmed_to = 2026-12-31", "confirmed_to = 2026-08-31", "outside the days"},
      {"source = \"made up for tests\"", "source = \"\"", "names no law"},
      {"kind = \"WAGE\"", "kind = \"WAGES\"", "not a known kind"},
      {"kind = \"WAGE\"", "kind = \"BUSINESS\"", "has a rule already"},
      {"[[period.property]]\nkind = \"VEHICLE\"\nmax_count = 0\nabove = \"EXCLUDES\"\nsource = \"made up for "
       "tests\"",
       "", "no rule for VEHICLE"},
      {"window_months = 12", "window_months = 5", "does not divide 12"},
      {"max_share_bp = 2000", "max_share_bp = 10001", "not between"},
      {"max_count = 1", "max_standard_months = 1", "max_count"},
      {"classes = [\"A05\", \"A10\"]", "classes = [\"A05\", \"A16\"]", "none of A01 to A15"},
      {"classes = [\"A05\", \"A10\"]", "classes = [\"A05\", \"A05\"]", "twice"},
      {"classes = [\"A05\", \"A10\"]", "classes = []", "empty"},
      {"notice = { days = 7, unit = \"NATURAL\" }", "notice = { days = 7, unit = \"DAYS\" }",
       "none of WORKING"},
      {"notice = { days = 7, unit = \"NATURAL\" }", "", "notice"},
      {"notice = { days = 7, unit = \"NATURAL\" }", "notice = 7", "not a table"},
      {"region = \"500000\"", "region = \"500100\"", "region"},
      {"[[period]]", "[[periods]]", "period"},
  };
  for (const Row& row : rows) {
    const auto policy = AssessmentPolicy::Parse(TestPolicyWith(row.from, row.to), "p.toml");
    EXPECT_TRUE(HasReason(policy.status(), Reason::CONFIG_INVALID)) << row.to;
    EXPECT_THAT(std::string(policy.status().message()), HasSubstr(row.says)) << row.to;
    EXPECT_THAT(std::string(policy.status().message()), HasSubstr("p.toml")) << row.to;
  }
}

TEST(Load, TheFileIsNamedAfterItsRegion) {
  EXPECT_TRUE(HasReason(AssessmentPolicy::Load("/nonexistent/500000.toml").status(), Reason::CONFIG_INVALID));
}

TEST(Codes, NamesAreReadBack) {
  for (const IncomeKind kind : AllIncomeKinds()) EXPECT_EQ(FindIncomeKind(NameOf(kind)), kind);
  for (const DeductionKind kind : AllDeductionKinds()) EXPECT_EQ(FindDeductionKind(NameOf(kind)), kind);
  for (const PropertyKind kind : AllPropertyKinds()) EXPECT_EQ(FindPropertyKind(NameOf(kind)), kind);
  EXPECT_EQ(FindIncomeKind(""), std::nullopt);
}

}  // namespace
}  // namespace chuanyu::family_economy
