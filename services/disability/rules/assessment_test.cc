#include "services/disability/rules/assessment.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/disability/rules/rules_testing.h"

namespace chuanyu::disability {
namespace {

constexpr Date kDay(2026, 6, 15);

// "11100" fen, or "E_EXCLUDED TEKUN".
std::string Outcome(v1::Benefit benefit, const Form& form, const v1::Findings& findings,
                    const DisabilityPolicy& policy) {
  const auto claim = ReadClaim(form.claimant, form.filer, kDay, kDay, Divisions());
  if (!claim.ok()) return ReasonText(claim.status());
  const auto assessed = Assess(benefit, *claim, findings, policy, kDay);
  if (!assessed.ok()) return ReasonText(assessed.status());
  if (!assessed->refused) return absl::StrCat(assessed->fen_month);
  std::string out(ReasonName(*assessed->refused));
  EXPECT_TRUE(HasReason(assessed->ToStatus(), *assessed->refused));
  if (assessed->status != v1::STATUS_UNSPECIFIED) {
    out += " " + v1::Status_Name(assessed->status).substr(sizeof("STATUS_") - 1);
  }
  return out;
}
std::string Life(const v1::Findings& findings, const Form& form = TestForm()) {
  return Outcome(v1::BENEFIT_LIFE, form, findings, ShippedPolicy());
}
std::string Care(const v1::Findings& findings, const Form& form = TestForm()) {
  return Outcome(v1::BENEFIT_CARE, form, findings, ShippedPolicy());
}

v1::Findings With(v1::Status status, v1::Found found, int64_t fen = -1) {
  v1::Findings out = TestFindings();
  v1::Findings more;
  Find(status, found, &more, fen);
  MergeFindings(more, &out);
  return out;
}

TEST(Assessment, BothMayBeHeldTogether) {
  EXPECT_EQ(Life(TestFindings()), "11100");
  EXPECT_EQ(Care(TestFindings()), "8800");
  EXPECT_EQ(Care(TestFindings(), TestForm(kP08, "41")), "12200") << "grade 1";
}

TEST(Assessment, LifeIsForDibaoFamilies) {
  EXPECT_EQ(Life(With(v1::STATUS_DIBAO, v1::FOUND_NO)), "E_NOT_DIBAO");
  EXPECT_EQ(Care(With(v1::STATUS_DIBAO, v1::FOUND_NO)), "8800") << "whatever the family has";
  // A source that is away says nothing.
  EXPECT_EQ(Life(With(v1::STATUS_DIBAO, v1::FOUND_SOURCE_UNAVAILABLE)), "SOURCE_UNAVAILABLE DIBAO");
  v1::Findings unasked = TestFindings();
  unasked.mutable_statuses()->DeleteSubrange(0, 1);
  EXPECT_EQ(Life(unasked), "SOURCE_UNAVAILABLE DIBAO");
}

TEST(Assessment, LifeReachesLowIncomeWhereTheRegionExtendsIt) {
  const std::string rules =
      absl::StrReplaceAll(ReadText(kDeploy + "/policy/disability/510000.toml"),
                          {{"families = [\"DIBAO\"]", "families = [\"DIBAO\", \"LOW_INCOME\"]"}});
  const auto policy = DisabilityPolicy::Parse(rules, ReadText(kStandards));
  ASSERT_TRUE(policy.ok()) << policy.status();
  v1::Findings findings = With(v1::STATUS_DIBAO, v1::FOUND_NO);
  EXPECT_EQ(Outcome(v1::BENEFIT_LIFE, TestForm(), findings, *policy), "SOURCE_UNAVAILABLE LOW_INCOME");
  Find(v1::STATUS_LOW_INCOME, v1::FOUND_YES, &findings);
  EXPECT_EQ(Outcome(v1::BENEFIT_LIFE, TestForm(), findings, *policy), "11100");
  EXPECT_EQ(Life(findings), "E_NOT_DIBAO") << "not as shipped";
}

TEST(Assessment, CareIsForGradesOneAndTwoInNeedOfCare) {
  EXPECT_EQ(Care(TestFindings(), TestForm(kP08, "43")), "E_GRADE");
  EXPECT_EQ(Life(TestFindings(), TestForm(kP08, "43")), "11100") << "any grade";
  Form form = TestForm();
  form.claimant.set_care_months(5);
  EXPECT_EQ(Care(TestFindings(), form), "E_CARE_NEED");
  form.claimant.set_care_months(6);
  EXPECT_EQ(Care(TestFindings(), form), "8800");
}

// Scenario 19: P09 is DEFACTO in full, certificate …54 (智力四级).
TEST(Assessment, S19_DefactoExcludesLifeAndCareDependsOnTheRegion) {
  const Form form = TestForm(kP09, "54");
  const v1::Findings findings = With(v1::STATUS_DEFACTO, v1::FOUND_YES);
  EXPECT_EQ(Life(findings, form), "E_EXCLUDED DEFACTO");
  EXPECT_EQ(Care(findings, form), "E_GRADE");
  const std::string extended = absl::StrCat(ReadText(kDeploy + "/policy/disability/510000.toml"), R"(
[[period.care]]
types = ["INTELLECTUAL", "MENTAL"]
grades = [3, 4]
source = "SYNTHETIC: a region that extends it"
)");
  const auto policy = DisabilityPolicy::Parse(extended, ReadText(kStandards));
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(Outcome(v1::BENEFIT_CARE, form, findings, *policy), "8800");
  EXPECT_EQ(Outcome(v1::BENEFIT_CARE, TestForm(kP09, "44"), findings, *policy), "E_GRADE") << "肢体四级";
  EXPECT_EQ(Outcome(v1::BENEFIT_LIFE, form, findings, *policy), "E_EXCLUDED DEFACTO");
}

TEST(Assessment, StatusesExcludeAsThePolicySays) {
  struct Row {
    v1::Status status;
    const char* life;
    const char* care;
  };
  for (const Row& row : std::initializer_list<Row>{
           {v1::STATUS_TEKUN, "E_EXCLUDED TEKUN", "E_EXCLUDED TEKUN"},
           {v1::STATUS_ORPHAN, "E_EXCLUDED ORPHAN", "8800"},
           {v1::STATUS_DEFACTO, "E_EXCLUDED DEFACTO", "8800"},
           {v1::STATUS_WORK_INJURY_CARE, "E_EXCLUDED WORK_INJURY_CARE", "E_EXCLUDED WORK_INJURY_CARE"},
           {v1::STATUS_SENTENCE, "E_EXCLUDED SENTENCE", "E_EXCLUDED SENTENCE"},
       }) {
    EXPECT_EQ(Life(With(row.status, v1::FOUND_YES)), row.life) << v1::Status_Name(row.status);
    EXPECT_EQ(Care(With(row.status, v1::FOUND_YES)), row.care) << v1::Status_Name(row.status);
    const std::string unknown =
        "SOURCE_UNAVAILABLE " + v1::Status_Name(row.status).substr(sizeof("STATUS_") - 1);
    EXPECT_EQ(Life(With(row.status, v1::FOUND_SOURCE_UNAVAILABLE)), unknown);
  }
}

TEST(Assessment, OfSimilarAllowancesTheHigherOneOnly) {
  const auto elderly = [](int64_t fen) { return Care(With(v1::STATUS_ELDERLY_CARE, v1::FOUND_YES, fen)); };
  EXPECT_EQ(elderly(8799), "8800") << "this one is higher";
  EXPECT_EQ(elderly(8800), "E_EXCLUDED ELDERLY_CARE");
  EXPECT_EQ(elderly(30000), "E_EXCLUDED ELDERLY_CARE");
  EXPECT_EQ(elderly(-1), "SOURCE_UNAVAILABLE ELDERLY_CARE") << "nothing to compare";
  EXPECT_EQ(Life(With(v1::STATUS_ELDERLY_CARE, v1::FOUND_YES, 30000)), "11100") << "of another kind";
  EXPECT_EQ(Life(With(v1::STATUS_DECEASED, v1::FOUND_YES)), "E_EXCLUDED DECEASED");
  EXPECT_EQ(Life(With(v1::STATUS_DECEASED, v1::FOUND_NO)), Life(TestFindings()));
  EXPECT_EQ(Life(With(v1::STATUS_SIMILAR_LIVING, v1::FOUND_YES, 11100)), "E_EXCLUDED SIMILAR_LIVING");
  const std::string topped = absl::StrReplaceAll(ReadText(kDeploy + "/policy/disability/510000.toml"),
                                                 {{"effect = \"HIGHER_ONLY\"", "effect = \"TOP_UP\""}});
  const auto policy = DisabilityPolicy::Parse(topped, ReadText(kStandards));
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(
      Outcome(v1::BENEFIT_CARE, TestForm(), With(v1::STATUS_ELDERLY_CARE, v1::FOUND_YES, 8000), *policy),
      "800");
  EXPECT_EQ(
      Outcome(v1::BENEFIT_CARE, TestForm(), With(v1::STATUS_ELDERLY_CARE, v1::FOUND_YES, 9000), *policy),
      "E_EXCLUDED ELDERLY_CARE");
}

TEST(Assessment, TheFederationsWordOnTheCertificateCounts) {
  v1::Findings findings = TestFindings();
  findings.clear_cert_state();
  EXPECT_EQ(Life(findings), "SOURCE_UNAVAILABLE") << "nobody has looked";
  findings.set_cert_state(v1::CERT_STATE_CANCELLED);
  EXPECT_EQ(Life(findings), "E_CERT_STATE");
  EXPECT_EQ(Care(findings), "E_CERT_STATE");
  findings.set_cert_state(v1::CERT_STATE_VALID);
  findings.mutable_cert_valid_to()->set_value("2026-06-14");
  EXPECT_EQ(Life(findings), "E_CERT_STATE");
}

// What is certain is said, also while something else is not known.
TEST(Assessment, ACertainRefusalComesBeforeWhatIsNotKnown) {
  v1::Findings findings = With(v1::STATUS_TEKUN, v1::FOUND_SOURCE_UNAVAILABLE);
  v1::Findings more;
  Find(v1::STATUS_SENTENCE, v1::FOUND_YES, &more);
  MergeFindings(more, &findings);
  EXPECT_EQ(Life(findings), "E_EXCLUDED SENTENCE");
}

TEST(Findings, AreCheckedAndReplaceWhatWasFound) {
  EXPECT_TRUE(CheckFindings(TestFindings(), kDay).ok());
  v1::Findings twice = TestFindings();
  Find(v1::STATUS_DIBAO, v1::FOUND_NO, &twice);
  EXPECT_EQ(ReasonText(CheckFindings(twice, kDay)), "BAD_REQUEST findings.statuses.status");
  v1::Findings unsourced;
  Find(v1::STATUS_DIBAO, v1::FOUND_NO, &unsourced);
  unsourced.mutable_statuses(0)->clear_source();
  EXPECT_EQ(ReasonText(CheckFindings(unsourced, kDay)), "BAD_REQUEST findings.statuses.source");
  v1::Findings later;
  later.mutable_hukou_since()->set_value("2026-06-16");
  EXPECT_EQ(ReasonText(CheckFindings(later, kDay)), "BAD_REQUEST findings.hukou_since");
}

}  // namespace
}  // namespace chuanyu::disability
