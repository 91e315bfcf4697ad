#include "services/family_economy/rules/report_page.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>

#include "gmock/gmock.h"
#include "services/family_economy/rules/assessment_testing.h"
#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/html.h"
#include "services/family_economy/rules/proposal.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/report_words.h"
#include "services/family_economy/rules/rule_words.h"
#include "services/family_economy/rules/rules_testing.h"

namespace chuanyu::family_economy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

size_t CountOf(const std::string& page, const std::string& text) {
  size_t count = 0;
  for (size_t at = page.find(text); at != std::string::npos; at = page.find(text, at + text.size())) ++count;
  return count;
}

v1::ClassResult& AddResult(v1::Verification& verification, const std::string& member,
                           const std::string& region, v1::DataClass data_class, v1::ResultState state) {
  v1::MemberResult& one = *verification.add_results();
  one.set_member_id(member);
  one.mutable_region()->set_code(region);
  one.mutable_result()->set_data_class(data_class);
  one.mutable_result()->set_state(state);
  if (state == v1::RESULT_STATE_NOT_CHECKED) one.mutable_result()->set_reason("SOURCE_UNAVAILABLE");
  if (state == v1::RESULT_STATE_HIT || state == v1::RESULT_STATE_NO_HIT) {
    one.mutable_result()->set_source(region == kSichuan ? "四川省民政登记库" : "重庆市民政登记库");
    one.mutable_result()->mutable_data_as_of()->set_seconds(absl::ToUnixSeconds(TestNow()) - 7 * 3600);
  }
  return *one.mutable_result();
}

// The demo's family, with every member checked in every class, the household still in it.
v1::Verification Complete() {
  v1::Verification verification = Demo();
  const auto parsed = ParseApplication(verification, TestContext());
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  verification.set_verification_no("CQ-A-500112-20260320-00000001");
  for (const v1::ReportMember& line : MaskedMembers(*parsed, TestContext().today)) {
    *verification.mutable_report()->add_members() = line;
  }
  for (const v1::Member& member : verification.household().members()) {
    for (const int data_class : verification.classes()) {
      AddResult(verification, member.member_id(), kChongqing, static_cast<v1::DataClass>(data_class),
                v1::RESULT_STATE_NO_HIT);
    }
  }
  CompleteReport(TestNow(), &verification);
  return verification;
}

TEST(ReportPage, SaysUntilWhenADecisionShouldRestOnIt) {
  v1::Verification check = Complete();
  EXPECT_THAT(RenderReportPage(check, ""), Not(HasSubstr("有效期至"))) << "no rule, no date";
  check.mutable_report()->mutable_generated_at()->set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(absl::CivilSecond(2026, 1, 30, 23, 30, 0), absl::UTCTimeZone())));
  SetValidTo(30, check.mutable_report());
  EXPECT_EQ(check.report().valid_to().value(), "2026-03-02") << "made on the 31st in Beijing";
  EXPECT_THAT(RenderReportPage(check, ""), HasSubstr("2026-03-02"));
  CompleteReport(TestNow(), &check);
  EXPECT_FALSE(check.report().has_valid_to()) << "of the report before";
}

v1::Verification WithFindings() {
  v1::Verification verification = Complete();
  v1::Assistance& paid =
      *AddResult(verification, "P02", kSichuan, v1::DATA_CLASS_A10_ASSISTANCE, v1::RESULT_STATE_HIT)
           .add_items()
           ->mutable_assistance();
  paid.set_type(v1::ASSISTANCE_TYPE_DIBAO_RURAL);
  paid.mutable_from_month()->set_value("2025-07");
  paid.mutable_region()->set_code(kSichuan);
  AddResult(verification, "P02", kSichuan, v1::DATA_CLASS_A05_REAL_ESTATE, v1::RESULT_STATE_NOT_CHECKED);
  AddResult(verification, "P02", kSichuan, v1::DATA_CLASS_A02_MARRIAGE, v1::RESULT_STATE_ERROR)
      .set_reason("CODE_UNKNOWN");
  MemberAt(verification, 0).set_declared_marital_code("10");
  AddResult(verification, "P01", kChongqing, v1::DATA_CLASS_A02_MARRIAGE, v1::RESULT_STATE_HIT)
      .add_items()
      ->mutable_marital_status()
      ->set_marital_code("20");
  FindDuplicatesAndDiscrepancies(kChongqing, &verification);
  CompleteReport(TestNow(), &verification);
  return verification;
}

v1::Verification With(const Proposal& proposal) {
  v1::Verification verification = Complete();
  *verification.mutable_report()->mutable_proposal() = ToProto(proposal);
  return verification;
}

TEST(ReportPage, ShowsNoFullNameOrNumberAlthoughTheHouseholdIsThere) {
  const v1::Verification verification = WithFindings();
  const std::string page = RenderReportPage(verification, "");
  ASSERT_GE(verification.household().members_size(), 3);
  for (const v1::Member& member : verification.household().members()) {
    ASSERT_FALSE(member.person().name().empty());
    EXPECT_THAT(page, Not(HasSubstr(member.person().name())));
    EXPECT_THAT(page, Not(HasSubstr(member.person().doc_no())));
    // Nor the birth date inside the number, nor the end of a minor's.
    EXPECT_THAT(page, Not(HasSubstr(member.person().doc_no().substr(6, 8))));
  }
  EXPECT_THAT(page, HasSubstr("张*甲"));
  EXPECT_THAT(page, HasSubstr("500***********9912"));
  EXPECT_THAT(page, Not(HasSubstr("9936")));
}

TEST(ReportPage, EscapesEveryText) {
  v1::Verification verification = WithFindings();
  const std::string evil = "<script>alert('x')</script>\"&\x01";
  verification.set_verification_no(evil);
  verification.set_assist_type(evil);
  verification.mutable_as_of()->set_value(evil);
  verification.mutable_accept_org()->set_uscc(evil);
  verification.mutable_accept_org()->mutable_division()->set_code(evil);
  verification.mutable_report()->set_report_no(evil);
  v1::ReportMember& member = *verification.mutable_report()->mutable_members(1);
  member.set_masked_name(evil);
  member.set_masked_doc_no(evil);
  member.set_relation(evil);
  for (v1::MemberResult& result : *verification.mutable_results()) {
    result.mutable_region()->set_code(evil);
    result.mutable_result()->set_source(evil);
    result.mutable_result()->set_reason(evil);
    for (v1::ClassItem& item : *result.mutable_result()->mutable_items()) {
      if (item.has_marital_status()) item.mutable_marital_status()->set_marital_code(evil);
      if (item.has_assistance()) item.mutable_assistance()->mutable_from_month()->set_value(evil);
    }
  }
  verification.mutable_duplicates(0)->mutable_from_month()->set_value(evil);
  verification.mutable_discrepancies(0)->set_found_code(evil);
  Proposal proposal{.policy_version = evil};
  proposal.rules.push_back({.id = evil, .source = evil, .member_id = evil, .inputs = {{evil, 1}}});
  proposal.single_persons.push_back({.member_id = evil});
  proposal.missing.emplace_back(evil, v1::DATA_CLASS_A05_REAL_ESTATE);
  *verification.mutable_report()->mutable_proposal() = ToProto(proposal);
  verification.mutable_report()->mutable_proposal()->mutable_exit_until()->set_value(evil);
  const std::string page = RenderReportPage(verification, evil);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("\x01")));
  EXPECT_THAT(page, Not(HasSubstr("alert('x')")));
  EXPECT_GE(CountOf(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"), 25u);
}

// On paper nobody has the legend of the policy file.
TEST(ReportPage, WhereARuleIsFromIsSaidWithoutTags) {
  EXPECT_EQ(SourceWord("民发〔2021〕57号 §8 [GK-H]; 渝北区民政局 2023-08-11 [PROP]"),
            "民发〔2021〕57号 §8（未与原文核对）; 渝北区民政局 2023-08-11（暂定值）");
  v1::Verification verification = Complete();
  v1::Proposal& proposal = *verification.mutable_report()->mutable_proposal();
  proposal.add_rules()->set_source("未见限额规定 [PROP]");
  proposal.add_rules()->set_source("国发〔2015〕52号 [GK-M]");
  const std::string page = RenderReportPage(verification, "");
  EXPECT_THAT(page, HasSubstr("<td>未见限额规定（暂定值）</td>"));
  EXPECT_THAT(page, HasSubstr("<td>国发〔2015〕52号（未与原文核对）</td>"));
}

// What the shipped policies say is said in Chinese, too: the report is read by an officer and by the family.
TEST(ReportPage, SourcesOfTheShippedPoliciesHaveNoEnglishWords) {
  for (const char* const region : {"500000", "510000"}) {
    std::ifstream file(std::string(CHUANYU_SOURCE_DIR) + "/deploy/policy/assessment/" + region + ".toml");
    int sources = 0;
    for (std::string line; std::getline(file, line);) {
      if (line.rfind("source = ", 0) != 0) continue;
      ++sources;
      const std::string shown = SourceWord(line.substr(sizeof("source = ") - 1));
      EXPECT_TRUE(std::none_of(shown.begin(), shown.end(), [](unsigned char c) {
        return c < 0x80 && std::isalpha(c) != 0;
      })) << shown;
    }
    EXPECT_GT(sources, 10);
  }
}

TEST(EscapeHtml, Characters) {
  EXPECT_EQ(EscapeHtml("a<b>&\"'\n张\x1f"), "a&lt;b&gt;&amp;&quot;&#39;\n张\xEF\xBF\xBD");
}

TEST(ReportPage, NotCheckedIsShownAsSuchAndNeverAsNothing) {
  const std::string complete = RenderReportPage(Complete(), "");
  EXPECT_THAT(complete, HasSubstr("全部项目已核查"));
  EXPECT_THAT(complete, Not(HasSubstr("class=\"unchecked\">")));
  EXPECT_THAT(complete, Not(HasSubstr("class=\"banner\"")));
  EXPECT_EQ(CountOf(complete, "<p class=\"\">未发现。</p>"), 2u);

  v1::Verification verification = Complete();
  verification.mutable_results(0)->mutable_result()->set_state(v1::RESULT_STATE_NOT_CHECKED);
  verification.mutable_results(0)->mutable_result()->set_reason("SOURCE_UNAVAILABLE");
  CompleteReport(TestNow(), &verification);
  const std::string page = RenderReportPage(verification, "");
  EXPECT_THAT(page, HasSubstr("<span class=\"unchecked\">未核查</span></td><td>原因：数据来源暂时无法查询"));
  EXPECT_THAT(page, HasSubstr("class=\"banner\""));
  EXPECT_THAT(page, HasSubstr("1项未核查或核查出错"));
  EXPECT_EQ(CountOf(page, "无记录</td>"), CountOf(complete, "无记录</td>") - 1);
  // "Nothing found" is not said without it either.
  EXPECT_THAT(page, Not(HasSubstr("<p class=\"\">未发现。</p>")));
  EXPECT_EQ(CountOf(page, "另有1项未核查"), 2u);
}

// A result that is not there at all, and one in a state that this version does not know.
TEST(ReportPage, AMissingOrUnknownResultIsNotChecked) {
  v1::Verification verification = Complete();
  verification.mutable_results()->RemoveLast();
  verification.mutable_results(0)->mutable_result()->set_state(v1::RESULT_STATE_UNSPECIFIED);
  const std::string page = RenderReportPage(verification, "");
  EXPECT_EQ(CountOf(page, "<span class=\"unchecked\">未核查</span>"), 2u);
  EXPECT_THAT(page, HasSubstr("没有任何结果"));
  EXPECT_THAT(page, HasSubstr("2项未核查"));
}

TEST(ReportPage, ShowsFindingsWithSourceAndRegion) {
  const std::string page = RenderReportPage(WithFindings(), "");
  EXPECT_THAT(page, HasSubstr("<td>四川省</td><td>农村低保</td><td>2025-07</td>"));
  EXPECT_THAT(page, HasSubstr("婚姻状况与登记不一致</td><td>未婚</td><td>已婚</td>"));
  EXPECT_THAT(page, HasSubstr("<span class=\"unchecked\">核查出错</span>"));
  EXPECT_THAT(page, HasSubstr("农村低保，自2025-07起，四川省"));
  EXPECT_THAT(page, HasSubstr("2026-03-20 17:46:40（北京时间）"));
  EXPECT_THAT(page, HasSubstr("<td>四川省民政登记库</td><td class=\"short\">2026-03-20 10:46</td>"));
  EXPECT_THAT(page, HasSubstr("系统未提出建议"));
}

TEST(ReportPage, ShowsTheProposalWithItsRules) {
  const Proposal dibao = AssessOrDie(TestHouseholdWithWage(100'001));
  std::string page = RenderReportPage(With(dibao), "");
  EXPECT_THAT(page, HasSubstr("<td>符合低保条件</td>"));
  EXPECT_THAT(page, HasSubstr("<td>1249.99元</td>"));
  EXPECT_THAT(page, HasSubstr("<td>1000.01元</td>"));
  for (const AppliedRule& rule : dibao.rules)
    EXPECT_THAT(page, HasSubstr("<td>" + RuleWord(rule.id) + "</td>"));

  AssessmentInput input = TestHouseholdWithWage(100);
  input.classes[0].state = v1::RESULT_STATE_NOT_CHECKED;
  page = RenderReportPage(With(AssessOrDie(input)), "");
  EXPECT_THAT(page, HasSubstr("核查不完整，不提出建议"));
  EXPECT_THAT(page, Not(HasSubstr("符合低保条件")));
  EXPECT_THAT(page, Not(HasSubstr("月保障金额")));
}

TEST(ReportWords, EveryCodeOfTheProtosHasOne) {
  for (int at = 1; at <= 15; ++at) {
    EXPECT_THAT(WordOf(static_cast<v1::DataClass>(at)), Not(HasSubstr("DATA_CLASS")));
  }
  for (int at = 1; at <= 5; ++at) {
    EXPECT_THAT(WordOf(static_cast<v1::AssistanceType>(at)), Not(HasSubstr("TYPE")));
    EXPECT_THAT(WordOf(static_cast<v1::VerificationType>(at)), Not(HasSubstr("TYPE")));
  }
  EXPECT_EQ(WordOf(v1::RESULT_STATE_UNSPECIFIED), "未核查");
  for (int at = 1; at <= 12; ++at) {
    EXPECT_THAT(WordOf(static_cast<v1::ManualReason>(at)), Not(HasSubstr("REASON")));
  }
  EXPECT_EQ(RelationWord("10"), "配偶");
  EXPECT_EQ(RelationWord("61"), "61");
  EXPECT_EQ(ReasonWord("PEER_UNAVAILABLE"), "对方节点暂时无法连接");
}

TEST(RecordWords, SayWhatARecordHolds) {
  v1::ClassItem item;
  EXPECT_EQ(DescribeItem(item), "有记录");
  v1::RealEstate& estate = *item.mutable_real_estate();
  EXPECT_EQ(DescribeItem(item), "不动产");  // what the purpose may not see is not there
  estate.set_use(v1::REAL_ESTATE_USE_DWELLING);
  estate.set_area_centi_m2(8805);
  estate.set_share_bp(5000);
  estate.mutable_from_month()->set_value("2014-11");
  estate.mutable_region()->set_code(kChongqing);
  EXPECT_EQ(DescribeItem(item), "住宅，88.05平方米，份额50.00%，自2014-11起，重庆市");
  v1::SocialInsurance& insurance = *item.mutable_social_insurance();
  insurance.set_type(v1::SOCIAL_INSURANCE_TYPE_EMPLOYEE_PENSION);
  insurance.set_role(v1::INSURANCE_ROLE_RECIPIENT);
  insurance.set_benefit_fen_month(200'001);
  EXPECT_EQ(DescribeItem(item), "职工养老保险，领取待遇，每月2000.01元");
  item.mutable_financial_asset()->set_balance_fen(450'000);
  EXPECT_EQ(DescribeItem(item), "金融资产，4500.00元");
  // Each kind of record has words of its own.
  const auto* const kinds = v1::ClassItem::descriptor()->FindOneofByName("item");
  for (int i = 0; i < kinds->field_count(); ++i) {
    item.GetReflection()->MutableMessage(&item, kinds->field(i));
    EXPECT_NE(DescribeItem(item), "有记录") << kinds->field(i)->name();
  }
}

// Letters left over would be an id or a name of a field.
TEST(RuleWords, SayRulesAndNumbersOfAnAssessment) {
  AssessmentInput input = TestHouseholdWithWage(100'001);
  input.deductions = {{"P01", DeductionKind::kEmploymentCost, Month(2026, 2), 9'000}};
  for (const AppliedRule& rule : AssessOrDie(input).rules) {
    const auto latin = [](const std::string& text) {
      return std::any_of(text.begin(), text.end(),
                         [](char c) { return ('A' <= c && c <= 'Z') || ('a' <= c && c <= 'z'); });
    };
    EXPECT_FALSE(latin(RuleWord(rule.id))) << rule.id;
    for (const auto& [name, value] : rule.inputs) EXPECT_FALSE(latin(NumberWord(name, value))) << name;
    for (const auto& [name, value] : rule.outputs) EXPECT_FALSE(latin(NumberWord(name, value))) << name;
  }
  EXPECT_EQ(RuleWord("INCOME.WAGE"), "收入：工资性收入");
  EXPECT_EQ(RuleWord("MEMBERSHIP.SPOUSE"), "家庭成员：配偶");
  EXPECT_EQ(RuleWord("NEW.RULE"), "NEW：RULE");
  EXPECT_EQ(NumberWord("sum_fen", 100'001), "期内合计 1000.01元");
  EXPECT_EQ(NumberWord("income_twelfths_month", 1'200'017), "月收入 1000.01元又5/12分");
  EXPECT_EQ(NumberWord("edge_upper_bp", 15'000), "低保边缘上限 150.00%");
  EXPECT_EQ(NumberWord("exit_until", 202609), "渐退至 2026年9月");
  EXPECT_EQ(NumberWord("above_limit", 1), "超过上限 是");
}

// What two regions say about one class of one member stands together, under the member.
TEST(ReportPage, GroupsResultsByMember) {
  const std::string page = RenderReportPage(WithFindings(), "");
  const size_t wife = page.find("<th colspan=\"6\">李*乙（P02）</th>");
  const size_t child = page.find("<th colspan=\"6\">张**（P03）</th>");
  ASSERT_NE(wife, std::string::npos);
  ASSERT_NE(child, std::string::npos);
  const size_t sichuan = page.find("四川省民政登记库");
  EXPECT_LT(wife, sichuan);
  EXPECT_LT(sichuan, child);
}

// REPORT_PAGE_OUT=file keeps the page, to look at.
TEST(ReportPage, IsAWholeDocument) {
  AssessmentInput input = TestHouseholdWithWage(100'001);
  input.deductions = {{"P01", DeductionKind::kEmploymentCost, Month(2026, 2), 9'000}};
  v1::Verification verification = WithFindings();
  *verification.mutable_report()->mutable_proposal() = ToProto(AssessOrDie(input));
  const std::string page = RenderReportPage(verification, "无");
  EXPECT_EQ(page.find("<!DOCTYPE html>"), 0u);
  EXPECT_EQ(CountOf(page, "<table"), CountOf(page, "</table>"));
  EXPECT_EQ(CountOf(page, "<tr"), CountOf(page, "</tr>"));
  EXPECT_EQ(CountOf(page, "<td"), CountOf(page, "</td>"));
  EXPECT_THAT(page, Not(HasSubstr("http://")));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  if (const char* path = std::getenv("REPORT_PAGE_OUT")) std::ofstream(path) << page;
}

}  // namespace
}  // namespace chuanyu::family_economy
