#include "services/child_welfare/rules/top_up.h"

#include "common/errors/error.h"
#include "services/child_welfare/rules/rules_testing.h"

namespace chuanyu::child_welfare {
namespace {

constexpr int64_t kStandard = 165'100;  // 散居, 重庆 2025

v1::OtherBenefit Of(v1::OtherBenefitKind kind, const std::string& from, int64_t fen) {
  v1::OtherBenefit out;
  out.set_kind(kind);
  if (!from.empty()) out.mutable_from_month()->set_value(from);
  out.mutable_fen_month()->set_amount(fen);
  out.set_source("低保库");
  return out;
}

StatedBenefits All(std::initializer_list<v1::OtherBenefit> stated) {
  StatedBenefits out;
  for (const v1::OtherBenefit& each : stated) *out.Add() = each;
  return out;
}

std::string Amount(v1::Category category, Month month, const StatedBenefits& others,
                   std::optional<int64_t> standard = kStandard) {
  const MonthAmount amount = AmountOf({.category = category, .fen_month = standard, .from = Month(2026, 1)},
                                      month, others, PolicyOf("500000", Date(month)).top_up);
  return (amount.fen ? std::to_string(*amount.fen) : "unknown") + " less " + std::to_string(amount.deducted);
}

// 民发〔2019〕62号 二: 已获得低保、特困、困难残疾人生活补贴且未达到补贴标准的进行补差发放, 其他全额发放.
TEST(TopUp, OnlyWhatTheOtherBenefitLacksToTheStandardIsPaid) {
  const auto dibao = v1::OTHER_BENEFIT_KIND_DIBAO;
  const auto tekun = v1::OTHER_BENEFIT_KIND_TEKUN;
  const auto life = v1::OTHER_BENEFIT_KIND_DISABILITY_LIFE;
  const struct {
    const char* what;
    StatedBenefits others;
    const char* defacto;
  } kCases[] = {
      {"nothing else", {}, "165100 less 0"},
      {"低保", All({Of(dibao, "2026-03", 64'000)}), "101100 less 64000"},
      {"特困", All({Of(tekun, "2026-03", 100'000)}), "65100 less 100000"},
      {"低保 and 生活补贴", All({Of(dibao, "2026-03", 64'000), Of(life, "2026-03", 9'000)}),
       "92100 less 73000"},
      {"as much as the standard", All({Of(dibao, "2026-03", kStandard)}), "0 less 165100"},
      {"never below nothing", All({Of(tekun, "2026-03", 165'101)}), "0 less 165100"},
      {"two, never below nothing", All({Of(dibao, "2026-03", 100'000), Of(tekun, "2026-03", 100'000)}),
       "0 less 165100"},
      {"nothing is paid", All({Of(dibao, "2026-03", 0)}), "165100 less 0"},
      {"begins later", All({Of(dibao, "2026-04", 64'000)}), "165100 less 0"},
      {"has ended", All({Of(dibao, "2026-01", 64'000), Of(dibao, "2026-03", 0)}), "165100 less 0"},
      {"has risen", All({Of(dibao, "2026-01", 64'000), Of(dibao, "2026-02", 70'000)}), "95100 less 70000"},
  };
  for (const auto& each : kCases) {
    EXPECT_EQ(Amount(v1::CATEGORY_DEFACTO, Month(2026, 3), each.others), each.defacto) << each.what;
    // An orphan is paid in full whatever else is stated.
    EXPECT_EQ(Amount(v1::CATEGORY_ORPHAN, Month(2026, 3), each.others), "165100 less 0") << each.what;
  }
}

TEST(TopUp, AnUnknownStandardStaysUnknown) {
  EXPECT_EQ(Amount(v1::CATEGORY_DEFACTO, Month(2026, 3),
                   All({Of(v1::OTHER_BENEFIT_KIND_DIBAO, "2026-03", 64'000)}), std::nullopt),
            "unknown less 0");
}

TEST(TopUp, AStatementHoldsFromItsMonthOnAndReplacesTheOneOfTheSameMonth) {
  v1::Determination determination;
  const auto dibao = v1::OTHER_BENEFIT_KIND_DIBAO;
  StateOtherBenefits(All({Of(dibao, "2026-06", 70'000), Of(dibao, "2026-03", 64'000)}), &determination);
  StateOtherBenefits(All({Of(dibao, "2026-06", 0)}), &determination);
  ASSERT_EQ(determination.other_benefits_size(), 2);
  EXPECT_EQ(determination.other_benefits(0).from_month().value(), "2026-03");
  const StatedBenefits& others = determination.other_benefits();
  EXPECT_EQ(Amount(v1::CATEGORY_DEFACTO, Month(2026, 2), others), "165100 less 0");
  EXPECT_EQ(Amount(v1::CATEGORY_DEFACTO, Month(2026, 5), others), "101100 less 64000");
  EXPECT_EQ(Amount(v1::CATEGORY_DEFACTO, Month(2026, 6), others), "165100 less 0");
}

TEST(TopUp, AStatementThatCannotBeMeantIsRefused) {
  const auto dibao = v1::OTHER_BENEFIT_KIND_DIBAO;
  const auto reason = [](const StatedBenefits& stated, std::optional<Month> from = Month(2026, 3)) {
    return std::string(ReasonName(*ReasonOf(ReadOtherBenefits(stated, from).status())));
  };
  const auto read = ReadOtherBenefits(All({Of(dibao, "", 1)}), Month(2026, 3));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Get(0).from_month().value(), "2026-03");
  EXPECT_EQ(reason(All({Of(dibao, "", 1)}), std::nullopt), "BAD_REQUEST");
  EXPECT_EQ(reason(All({Of(v1::OTHER_BENEFIT_KIND_UNSPECIFIED, "2026-03", 1)})), "BAD_REQUEST");
  EXPECT_EQ(reason(All({Of(dibao, "2026-03", -1)})), "BAD_REQUEST");
  EXPECT_EQ(reason(All({Of(dibao, "2026-03", 10'000'001)})), "BAD_REQUEST");
  EXPECT_EQ(reason(All({Of(dibao, "2026-03", 1), Of(dibao, "2026-03", 2)})), "BAD_REQUEST");
  EXPECT_EQ(reason(All({Of(dibao, "2026-13", 1)})), "DATE_INVALID");
  v1::OtherBenefit silent = Of(dibao, "2026-03", 1);
  silent.clear_source();
  EXPECT_EQ(reason(All({silent})), "BAD_REQUEST");
  silent = Of(dibao, "2026-03", 1);
  silent.clear_fen_month();
  EXPECT_EQ(reason(All({silent})), "BAD_REQUEST");
}

TEST(TopUp, TheFileSaysWhichBenefitsCountSinceWhen) {
  const std::string national = ReadText(kPolicyFolder + "/national.toml");
  const std::string region =
      "region = \"500000\"\nversion = \"1\"\n[[period]]\nfrom = 2027-01-01\n[[period.top_up]]\n"
      "categories = [\"ORPHAN\", \"DEFACTO\"]\nbenefits = [\"DIBAO\"]\nsource = \"渝民发\"\n";
  const auto policy = ChildPolicy::Parse(national, region);
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_FALSE(policy->On(Date(2026, 12, 31))->top_up.contains(v1::CATEGORY_ORPHAN));
  EXPECT_EQ(policy->On(Date(2026, 12, 31))->top_up.at(v1::CATEGORY_DEFACTO).size(), 3);
  EXPECT_EQ(policy->On(Date(2027, 1, 1))->top_up.at(v1::CATEGORY_ORPHAN).size(), 1);
  for (const char* wrong : {"benefits = [\"PENSION\"]", "benefits = []"}) {
    std::string text = region;
    text.replace(text.find("benefits = [\"DIBAO\"]"), 20, wrong);
    EXPECT_TRUE(HasReason(ChildPolicy::Parse(national, text).status(), Reason::CONFIG_INVALID)) << wrong;
  }
}

}  // namespace
}  // namespace chuanyu::child_welfare
