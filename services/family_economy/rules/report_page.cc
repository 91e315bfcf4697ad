#include "services/family_economy/rules/report_page.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "services/family_economy/rules/html.h"
#include "services/family_economy/rules/report_words.h"

namespace chuanyu::family_economy {
namespace {

// 未核查 differs by frame and weight, not by colour alone: many offices print in black.
constexpr char kStyle[] = R"(
@page { size: A4; margin: 18mm 16mm; }
body { font-family: "Source Han Sans SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "SimSun", sans-serif;
  font-size: 10.5pt; line-height: 1.5; color: #000; max-width: 180mm; margin: 0 auto; }
h1 { font-size: 18pt; text-align: center; margin: 8mm 0 4mm; }
h2 { font-size: 12pt; margin: 6mm 0 2mm; break-after: avoid; }
table { width: 100%; border-collapse: collapse; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.5pt solid #000; padding: 1mm 2mm; text-align: left; vertical-align: top; }
th { background: #eee; font-weight: bold; }
table.facts th { width: 26mm; }
.unchecked { font-weight: bold; border: 1.5pt solid #000; padding: 0 1mm; white-space: nowrap; }
.banner { border: 2pt solid #000; padding: 2mm 4mm; font-weight: bold; margin: 4mm 0; }
.small { font-size: 9pt; }
.sign td { height: 12mm; }
)";

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(time.seconds()),
                          absl::FixedTimeZone(8 * 60 * 60));
}

std::string Yuan(int64_t fen) { return absl::StrFormat("%d.%02d元", fen / 100, fen % 100); }

std::string MonthText(Month month) { return absl::StrFormat("%04d年%d月", month.year(), month.month()); }

bool IsChecked(v1::ResultState state) {
  return state == v1::RESULT_STATE_HIT || state == v1::RESULT_STATE_NO_HIT;
}

// The masked name where there is one, so that the reader need not look ids up.
std::string MemberName(const v1::Report& report, const std::string& member_id) {
  for (const v1::ReportMember& member : report.members()) {
    if (member.member_id() == member_id) return member.masked_name() + " (" + member_id + ")";
  }
  return member_id;
}

struct Gap {
  std::string member_id;
  v1::DataClass data_class = v1::DATA_CLASS_UNSPECIFIED;
};

// Members and classes of the report about which nobody said anything.
std::vector<Gap> FindGaps(const v1::Verification& verification) {
  std::vector<Gap> gaps;
  for (const v1::ReportMember& member : verification.report().members()) {
    for (const int data_class : verification.report().classes()) {
      const auto& results = verification.results();
      const bool any = std::any_of(results.begin(), results.end(), [&](const v1::MemberResult& result) {
        return result.member_id() == member.member_id() && result.result().data_class() == data_class;
      });
      if (!any) gaps.push_back({member.member_id(), static_cast<v1::DataClass>(data_class)});
    }
  }
  return gaps;
}

int CountUnchecked(const v1::Verification& verification) {
  const auto& results = verification.results();
  const auto open = std::count_if(results.begin(), results.end(), [](const v1::MemberResult& result) {
    return !IsChecked(result.result().state());
  });
  return static_cast<int>(open) + static_cast<int>(FindGaps(verification).size());
}

void AddHead(const v1::Verification& verification, int unchecked, HtmlPage& page) {
  const v1::Report& report = verification.report();
  page.Raw("<h1>家庭经济状况核对报告</h1>\n<table class=\"facts\"><tbody>\n")
      .Fact("报告编号", report.report_no())
      .Fact("核对编号", verification.verification_no())
      .Fact("核对事由", PurposeWord(verification.assist_type()) + ", " + WordOf(verification.type()))
      .Fact("核对基准日", verification.as_of().value())
      .Fact("出具时间", TimeText(report.generated_at()))
      .Fact("受理机构",
            verification.accept_org().uscc() + ", 区划 " + verification.accept_org().division().code())
      .Fact("核对结论",
            unchecked == 0 ? "全部项目已核查" : absl::StrCat("核查不完整: ", unchecked, "项未核查或核查出错"))
      .End();
  if (unchecked == 0) return;
  page.Paragraph(absl::StrCat("注意: 本报告有", unchecked,
                              "项未核查或核查出错。未核查不表示没有记录, 不得据此提出符合条件的建议。"),
                 "banner");
}

void AddMembers(const v1::Report& report, HtmlPage& page) {
  page.Heading("一、核对对象").Begin({"成员", "姓名", "证件号码", "与申请人关系"});
  for (const v1::ReportMember& member : report.members()) {
    const bool numbered = !member.masked_doc_no().empty();
    page.Row({member.member_id(), member.masked_name(), numbered ? member.masked_doc_no() : "无证件号码",
              RelationWord(member.relation())});
  }
  page.End();
}

void AddUncheckedCell(const std::string& word, HtmlPage& page) {
  page.Raw("<td><span class=\"unchecked\">" + EscapeHtml(word) + "</span></td>");
}

void AddResult(const v1::Report& report, const v1::MemberResult& one, HtmlPage& page) {
  const v1::ClassResult& result = one.result();
  page.Raw("<tr>")
      .Cell(MemberName(report, one.member_id()))
      .Cell(WordOf(result.data_class()))
      .Cell(RegionWord(one.region().code()));
  if (IsChecked(result.state())) {
    std::string details;
    for (const v1::ClassItem& item : result.items()) {
      details += (details.empty() ? "" : "; ") + DescribeItem(item);
    }
    page.Cell(WordOf(result.state())).Cell(details);
  } else {
    AddUncheckedCell(WordOf(result.state()), page);
    page.Cell("原因: " + ReasonWord(result.reason()));
  }
  page.Cell(result.source()).Cell(result.has_data_as_of() ? TimeText(result.data_as_of()) : "未注明");
  page.Raw("</tr>\n");
}

void AddResults(const v1::Verification& verification, HtmlPage& page) {
  const v1::Report& report = verification.report();
  page.Heading("二、核对结果").Begin({"成员", "项目", "地区", "结果", "内容", "来源", "数据截至"});
  for (const v1::MemberResult& result : verification.results()) AddResult(report, result, page);
  for (const Gap& gap : FindGaps(verification)) {
    page.Raw("<tr>").Cell(MemberName(report, gap.member_id)).Cell(WordOf(gap.data_class)).Cell("");
    AddUncheckedCell("未核查", page);
    page.Cell("原因: 没有任何结果").Cell("").Cell("").Raw("</tr>\n");
  }
  page.End();
}

// "Nothing found" says in the same breath how much was not looked at.
std::string NothingFound(int unchecked) {
  return unchecked == 0 ? "未发现。"
                        : absl::StrCat("已核查的项目中未发现; 另有", unchecked, "项未核查或核查出错。");
}

void AddFindings(const v1::Verification& verification, int unchecked, HtmlPage& page) {
  const v1::Report& report = verification.report();
  page.Heading("三、重复享受待遇");
  if (verification.duplicates().empty()) {
    page.Paragraph(NothingFound(unchecked));
  } else {
    page.Begin({"成员", "地区", "待遇", "起始月份"});
    for (const v1::DuplicateBenefit& one : verification.duplicates()) {
      page.Row({MemberName(report, one.member_id()), RegionWord(one.region().code()), WordOf(one.type()),
                one.from_month().value()});
    }
    page.End();
  }
  page.Heading("四、申报与核对不一致");
  if (verification.discrepancies().empty()) {
    page.Paragraph(NothingFound(unchecked));
    return;
  }
  page.Begin({"成员", "地区", "不一致", "申报", "登记"});
  for (const v1::Discrepancy& one : verification.discrepancies()) {
    page.Row({MemberName(report, one.member_id()), RegionWord(one.region().code()), WordOf(one.kind()),
              MaritalWord(one.declared_code()), MaritalWord(one.found_code())});
  }
  page.End();
}

std::string NumbersText(const AppliedRule::Numbers& numbers) {
  std::string text;
  for (const auto& [name, value] : numbers) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", name, "=", value);
  }
  return text;
}

void AddProposalFacts(const v1::Report& report, const Proposal& proposal, HtmlPage& page) {
  page.Raw("<table class=\"facts\"><tbody>\n")
      .Fact("建议", WordOf(proposal.kind))
      .Fact("月保障标准", Yuan(proposal.standard_fen_month) + "/人" +
                              (proposal.standard_unconfirmed ? " (该日标准未经确认, 须核实)" : ""))
      .Fact("计入人数", absl::StrCat(proposal.members))
      .Fact("家庭月收入", Yuan(proposal.income_fen_month));
  if (proposal.amount_fen_month) page.Fact("月保障金额", Yuan(*proposal.amount_fen_month));
  if (proposal.exit_until) page.Fact("渐退至", MonthText(*proposal.exit_until) + "止");
  for (const SinglePerson& single : proposal.single_persons) {
    const auto& amount = single.amount_fen_month;
    page.Fact("单人保",
              MemberName(report, single.member_id) + ", " + (amount ? Yuan(*amount) : "金额须人工认定"));
  }
  for (const ManualReason reason : proposal.manual_reasons) page.Fact("人工认定事由", WordOf(reason));
  for (const auto& [member_id, data_class] : proposal.missing) {
    page.Fact("缺少核查", MemberName(report, member_id) + ", " + WordOf(data_class));
  }
  page.Fact("政策参数版本", proposal.policy_version).End();
}

void AddProposal(const v1::Report& report, const Proposal& proposal, HtmlPage& page) {
  page.Heading("五、系统建议 (不是决定)");
  AddProposalFacts(report, proposal, page);
  page.Paragraph("计算依据 (金额单位为分, twelfths为十二分之一分):", "small");
  page.Begin({"规则", "成员", "输入", "结果", "依据"});
  for (const AppliedRule& rule : proposal.rules) {
    page.Row({rule.id, rule.member_id, NumbersText(rule.inputs), NumbersText(rule.outputs), rule.source});
  }
  page.End();
}

}  // namespace

std::string RenderReportPage(const v1::Verification& verification, const Proposal* proposal) {
  const v1::Report& report = verification.report();
  const int unchecked = CountUnchecked(verification);
  HtmlPage page;
  page.Raw("<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\n")
      // Nothing is fetched and nothing runs, whatever the text.
      .Raw(
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'\">\n")
      .Raw("<title>" + EscapeHtml("家庭经济状况核对报告 " + report.report_no()) + "</title>\n")
      .Raw(std::string("<style>") + kStyle + "</style></head><body>\n");
  AddHead(verification, unchecked, page);
  AddMembers(report, page);
  AddResults(verification, page);
  AddFindings(verification, unchecked, page);
  if (proposal != nullptr) AddProposal(report, *proposal, page);
  page.Heading("说明").Paragraph(
      "本报告是核对所得的证据, 不是决定。救助决定由承办人员作出并署名 (个人信息保护法第二十四条)。"
      "姓名和证件号码已作遮盖处理。");
  page.Raw(
          "<table "
          "class=\"sign\"><tbody><tr><td>承办人:</td><td>审核人:</td><td>日期:</td></tr></tbody></table>\n")
      .Raw("</body></html>\n");
  return page.Take();
}

}  // namespace chuanyu::family_economy
