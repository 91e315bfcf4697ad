// The proposal in the page of a report.
#include "services/family_economy/rules/report_page_proposal.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/family_economy/rules/report_words.h"
#include "services/family_economy/rules/rule_words.h"

namespace chuanyu::family_economy {
namespace {

std::string NumbersText(const google::protobuf::RepeatedPtrField<v1::RuleNumber>& numbers) {
  std::string text;
  for (const v1::RuleNumber& one : numbers) {
    absl::StrAppend(&text, text.empty() ? "" : "，", NumberWord(one.name(), one.value()));
  }
  return text;
}

// "2026-09": 2026年9月.
std::string MonthText(const std::string& month) {
  if (month.size() != 7) return month;
  return month.substr(0, 4) + "年" + month.substr(month[5] == '0' ? 6 : 5) + "月";
}

std::string StandardText(const v1::Proposal& proposal) {
  if (!proposal.has_standard_month()) return "无，须人工查明";
  return Yuan(proposal.standard_month().amount()) + "/人" +
         (proposal.standard_unconfirmed() ? "（该日标准未经确认，须核实）" : "");
}

// What is missing, one line a member.
void AddMissing(const v1::Report& report, HtmlPage& page) {
  std::vector<std::string> seen;
  for (const v1::MissingCheck& one : report.proposal().missing()) {
    if (std::find(seen.begin(), seen.end(), one.member_id()) != seen.end()) continue;
    seen.push_back(one.member_id());
    std::string classes;
    for (const v1::MissingCheck& other : report.proposal().missing()) {
      if (other.member_id() != one.member_id()) continue;
      classes += (classes.empty() ? "" : "；") + WordOf(other.data_class());
    }
    page.Fact("缺少核查", MemberName(report, one.member_id()) + "：" + classes);
  }
}

void AddFacts(const v1::Report& report, HtmlPage& page) {
  const v1::Proposal& proposal = report.proposal();
  page.Raw("<table class=\"facts\"><tbody>\n")
      .Fact("建议", WordOf(proposal.kind()))
      .Fact("月保障标准", StandardText(proposal))
      .Fact("计入人数", absl::StrCat(proposal.members()))
      .Fact("家庭月收入", Yuan(proposal.income_month().amount()));
  if (proposal.has_amount_month()) page.Fact("月保障金额", Yuan(proposal.amount_month().amount()));
  if (proposal.has_exit_until()) page.Fact("渐退至", MonthText(proposal.exit_until().value()) + "止");
  for (const v1::SinglePersonProposal& one : proposal.single_persons()) {
    page.Fact("单人保", MemberName(report, one.member_id()) + "，" +
                            (one.has_amount_month() ? Yuan(one.amount_month().amount()) : "金额须人工认定"));
  }
  for (const int reason : proposal.manual_reasons()) {
    page.Fact("人工认定事由", WordOf(static_cast<v1::ManualReason>(reason)));
  }
  AddMissing(report, page);
  page.Fact("政策参数版本", proposal.policy_version().empty() ? "无" : proposal.policy_version()).End();
}

}  // namespace

std::string MemberName(const v1::Report& report, const std::string& member_id) {
  for (const v1::ReportMember& member : report.members()) {
    if (member.member_id() == member_id) return member.masked_name() + "（" + member_id + "）";
  }
  return member_id;
}

void AddProposal(const v1::Report& report, HtmlPage& page) {
  page.Heading("五、系统建议（不是决定）");
  if (!report.has_proposal()) {
    page.Paragraph("未提交家庭收入和财产情况，系统未提出建议。");
    return;
  }
  AddFacts(report, page);
  page.Paragraph("计算依据：", "small");
  page.Raw("<div class=\"rules\">").Begin({"规则", "成员", "输入", "结果", "依据"});
  for (const v1::AppliedRule& rule : report.proposal().rules()) {
    page.Raw("<tr>")
        .Cell(RuleWord(rule.id()))
        .Cell(rule.member_id().empty() ? "全家" : rule.member_id(), "short")
        .Cell(NumbersText(rule.inputs()))
        .Cell(NumbersText(rule.outputs()))
        .Cell(SourceWord(rule.source()))
        .Raw("</tr>\n");
  }
  page.End().Raw("</div>\n");
}

}  // namespace chuanyu::family_economy
