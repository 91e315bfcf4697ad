#include "services/child_welfare/rules/policy.h"

#include "absl/strings/str_replace.h"
#include "services/child_welfare/rules/rules_testing.h"

namespace chuanyu::child_welfare {
namespace {

std::string National() { return ReadText(kPolicyFolder + "/national.toml"); }

// The text with one change; the change must be there to be made.
std::string Spoilt(const std::string& text, const std::string& from, const std::string& to) {
  std::string out = text;
  EXPECT_GT(absl::StrReplaceAll({{from, to}}, &out), 0) << from;
  return out;
}

TEST(Policy, RegionReplacesWhatItDecidedOtherwise) {
  const PolicyDay chongqing = PolicyOf("500000", Date(2026, 3, 2));
  EXPECT_TRUE(chongqing.age.studying.has_value());
  EXPECT_EQ(chongqing.fen_month.at(v1::CARE_TYPE_INSTITUTION), 185'100);
  EXPECT_EQ(chongqing.fen_month.at(v1::CARE_TYPE_FAMILY), 165'100);
  EXPECT_TRUE(PolicyOf("500000", Date(2023, 3, 2)).fen_month.empty()) << "not known for 2023";
  const PolicyDay sichuan = PolicyOf("510000", Date(2026, 3, 2));
  EXPECT_FALSE(sichuan.age.studying.has_value());
  EXPECT_TRUE(sichuan.fen_month.empty());
  EXPECT_EQ(sichuan.terms.at(v1::PARENT_CONDITION_OUT_OF_CONTACT).counted, TermRule::Counted::kElapsed);
  EXPECT_EQ(sichuan.terms.at(v1::PARENT_CONDITION_IMPRISONED).months, 6);
}

TEST(Policy, ADayBeforeItsFirstPeriodIsAnError) {
  const auto policy = ChildPolicy::Load(kPolicyFolder, "500000");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_TRUE(policy->On(Date(2021, 1, 1)).ok());
  EXPECT_TRUE(HasReason(policy->On(Date(2020, 12, 31)).status(), Reason::CONFIG_INVALID));
}

TEST(Policy, RegionMayLimitTheDeported) {
  const std::string guangdong =
      "region = \"440000\"\nversion = \"1\"\n[[period]]\nfrom = 2021-01-01\n[period.deported]\n"
      "only_with_dead_or_missing = true\nsource = \"粤民规字〔2019〕10号\"\n";
  const auto policy = ChildPolicy::Parse(National(), guangdong);
  ASSERT_TRUE(policy.ok()) << policy.status();
  const PolicyDay day = policy->On(Date(2026, 3, 2)).value();
  EXPECT_EQ(day.ResultFor(v1::PARENT_CONDITION_DEPORTED, v1::PARENT_CONDITION_DEPORTED),
            v1::TABLE_RESULT_NOT_ELIGIBLE);
  EXPECT_EQ(day.ResultFor(v1::PARENT_CONDITION_DEPORTED, v1::PARENT_CONDITION_MISSING),
            v1::TABLE_RESULT_DEFACTO);
}

TEST(Policy, ATableWithAGapOrTwoResultsForAPairIsRefused) {
  const std::string text = National();
  for (const auto& [from, to, word] : std::vector<std::array<std::string, 3>>{
           {"one = [\"U\"]\nother = [\"U\"]", "one = [\"U\"]\nother = [\"N\"]", "second one for UN"},
           {"one = [\"D\", \"M\"]\nother = [\"D\", \"M\"]", "one = [\"D\"]\nother = [\"D\", \"M\"]",
            "pair MM"},
           {"one = [\"D\", \"M\"]\nother = [\"D\", \"M\"]", "one = [\"D\", \"Z\"]\nother = [\"D\"]",
            "not known"},
           {"result = \"MANUAL\"", "result = \"PERHAPS\"", "none of"},
           {"conditions = [\"L\"]\nmonths", "conditions = [\"J\"]\nmonths", "a term already"},
           {"conditions = [\"E\"]\ndocuments", "conditions = [\"L\"]\ndocuments", "proofs already"},
           {"documents = [\"DIAGNOSIS\"]", "documents = [\"RUMOUR\"]", "not known"},
           {"adult_at = 18", "adult_at = 0", "adult_at"},
           {"version =", "verson =", "version"}}) {
    const auto policy = ChildPolicy::Parse(Spoilt(text, from, to), "");
    EXPECT_TRUE(HasReason(policy.status(), Reason::CONFIG_INVALID)) << from;
    EXPECT_NE(policy.status().message().find(word), absl::string_view::npos) << policy.status();
  }
}

TEST(Policy, PeriodsOfARegionMayNotOverlap) {
  const std::string period = "[[period]]\nfrom = 2021-01-01\n";
  const auto policy =
      ChildPolicy::Parse(National(), "region = \"500000\"\nversion = \"1\"\n" + period + period);
  EXPECT_TRUE(HasReason(policy.status(), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu::child_welfare
