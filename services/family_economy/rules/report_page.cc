#include "services/family_economy/rules/report_page.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/calendar/china_time.h"
#include "services/family_economy/rules/html.h"
#include "services/family_economy/rules/report_page_proposal.h"
#include "services/family_economy/rules/report_style.h"
#include "services/family_economy/rules/report_words.h"

namespace chuanyu::family_economy {
namespace {

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(time.seconds()), ChinaTime());
}

// A register is dated to the minute; no reader needs more.
std::string MinuteText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()), ChinaTime());
}

bool IsChecked(v1::ResultState state) {
  return state == v1::RESULT_STATE_HIT || state == v1::RESULT_STATE_NO_HIT;
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

std::string CountsText(const v1::Verification& verification) {
  int hit = 0;
  int no_hit = 0;
  int error = 0;
  for (const v1::MemberResult& result : verification.results()) {
    const v1::ResultState state = result.result().state();
    hit += state == v1::RESULT_STATE_HIT ? 1 : 0;
    no_hit += state == v1::RESULT_STATE_NO_HIT ? 1 : 0;
    error += state == v1::RESULT_STATE_ERROR ? 1 : 0;
  }
  return absl::StrCat("有记录", hit, "项，无记录", no_hit, "项，未核查", CountUnchecked(verification) - error,
                      "项，核查出错", error, "项");
}

void AddHead(const v1::Verification& verification, int unchecked, const std::string& signature,
             HtmlPage& page) {
  const v1::Report& report = verification.report();
  page.Raw("<h1>家庭经济状况核对报告</h1>\n")
      .Paragraph("本报告是供承办人员使用的证据，不是救助决定。", "evidence")
      .Raw("<table class=\"facts\"><tbody>\n")
      .Fact("报告编号", report.report_no())
      .Fact("核对编号", verification.verification_no())
      .Fact("核对事由", PurposeWord(verification.assist_type()) + "，" + WordOf(verification.type()))
      .Fact("核对基准日", verification.as_of().value())
      .Fact("出具时间", TimeText(report.generated_at()) + "（北京时间）")
      .Fact("受理机构",
            verification.accept_org().uscc() + "，区划 " + verification.accept_org().division().code())
      .Fact("核对结论",
            unchecked == 0 ? "全部项目已核查" : absl::StrCat("核查不完整：", unchecked, "项未核查或核查出错"))
      .Fact("结果合计", CountsText(verification));
  if (report.has_valid_to()) page.Fact("有效期至", report.valid_to().value());
  if (!signature.empty()) page.Fact("电子签名", signature);
  page.End();
  if (unchecked == 0) return;
  page.Paragraph(absl::StrCat("注意：本报告有", unchecked,
                              "项未核查或核查出错。未核查不表示没有记录，不得据此提出符合条件的建议。"),
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

std::string DetailsOf(const v1::ClassResult& result) {
  if (!IsChecked(result.state())) return "原因：" + ReasonWord(result.reason());
  std::string details;
  for (const v1::ClassItem& item : result.items()) {
    details += (details.empty() ? "" : "；") + DescribeItem(item);
  }
  return details;
}

void AddResult(const v1::ClassResult& result, const std::string& region, HtmlPage& page) {
  const std::string word = EscapeHtml(WordOf(result.state()));
  const bool checked = IsChecked(result.state());
  page.Raw("<tr>").Cell(WordOf(result.data_class())).Cell(RegionWord(region), "short");
  page.Raw("<td class=\"short\">" + (checked ? word : "<span class=\"unchecked\">" + word + "</span>") +
           "</td>");
  page.Cell(DetailsOf(result))
      .Cell(result.source().empty() ? "未注明" : result.source())
      .Cell(result.has_data_as_of() ? MinuteText(result.data_as_of()) : "未注明", "short")
      .Raw("</tr>\n");
}

// Members in the order of the report, then ids that only the results know.
std::vector<std::string> MembersOf(const v1::Verification& verification) {
  std::vector<std::string> ids;
  const auto add = [&ids](const std::string& id) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  };
  for (const v1::ReportMember& member : verification.report().members()) add(member.member_id());
  for (const v1::MemberResult& result : verification.results()) add(result.member_id());
  return ids;
}

// By class and region, so that what two regions say about the same thing stands together.
std::vector<const v1::MemberResult*> ResultsOf(const v1::Verification& verification,
                                               const std::string& member_id) {
  std::vector<const v1::MemberResult*> results;
  for (const v1::MemberResult& result : verification.results()) {
    if (result.member_id() == member_id) results.push_back(&result);
  }
  std::stable_sort(results.begin(), results.end(), [](const v1::MemberResult* a, const v1::MemberResult* b) {
    return std::pair(a->result().data_class(), a->region().code()) <
           std::pair(b->result().data_class(), b->region().code());
  });
  return results;
}

void AddResults(const v1::Verification& verification, HtmlPage& page) {
  const std::vector<Gap> gaps = FindGaps(verification);
  page.Heading("二、核对结果");
  page.Begin({"项目", "地区", "结果", "内容", "来源", "数据截至"});
  for (const std::string& id : MembersOf(verification)) {
    page.Raw("<tr class=\"person\"><th colspan=\"6\">" + EscapeHtml(MemberName(verification.report(), id)) +
             "</th></tr>\n");
    for (const v1::MemberResult* one : ResultsOf(verification, id)) {
      AddResult(one->result(), one->region().code(), page);
    }
    for (const Gap& gap : gaps) {
      if (gap.member_id != id) continue;
      page.Raw("<tr>")
          .Cell(WordOf(gap.data_class))
          .Cell("")
          .Raw("<td class=\"short\"><span class=\"unchecked\">未核查</span></td>");
      page.Cell("原因：没有任何结果").Cell("").Cell("").Raw("</tr>\n");
    }
  }
  page.End();
}

// "Nothing found" says in the same breath how much was not looked at.
std::string NothingFound(int unchecked) {
  return unchecked == 0 ? "未发现。"
                        : absl::StrCat("已核查的项目中未发现；另有", unchecked, "项未核查或核查出错。");
}

// What was reported from outside the registers; each death among it is a discrepancy as well.
void AddLifeEvents(const v1::Verification& verification, HtmlPage& page) {
  if (verification.life_events().empty()) return;
  page.Paragraph("殡葬、公安、卫生健康或司法行政部门报告的事件：")
      .Begin({"成员", "地区", "事件", "日期", "来源"});
  for (const v1::MemberLifeEvent& one : verification.life_events()) {
    page.Row({MemberName(verification.report(), one.member_id()), RegionWord(one.region().code()),
              WordOf(one.kind()), one.date().value(),
              absl::StrCat(WordOf(one.source()), one.withdrawn() ? "（报告方已撤回）" : "")});
  }
  page.End();
}

std::pair<std::string, std::string> DeclaredAndFound(const v1::Discrepancy& one) {
  switch (one.kind()) {
    case v1::DISCREPANCY_KIND_NOT_DECLARED:
      return {"未申报", WordOf(one.data_class())};
    case v1::DISCREPANCY_KIND_MEMBER_NOT_REGISTERED:
      return {"家庭成员", "无在册户籍"};
    case v1::DISCREPANCY_KIND_PERSON_NOT_DECLARED:
      return {absl::StrCat(one.declared_number(), "人"), absl::StrCat(one.found_number(), "人")};
    default:
      return {MaritalWord(one.declared_code()), MaritalWord(one.found_code())};
  }
}

void AddDiscrepancies(const v1::Verification& verification, int unchecked, HtmlPage& page) {
  const v1::Report& report = verification.report();
  if (verification.discrepancies().empty()) {
    page.Paragraph(NothingFound(unchecked));
    return;
  }
  page.Begin({"成员", "地区", "不一致", "申报", "登记"});
  for (const v1::Discrepancy& one : verification.discrepancies()) {
    const auto [declared, found] = DeclaredAndFound(one);
    page.Row({MemberName(report, one.member_id()), RegionWord(one.region().code()), WordOf(one.kind()),
              declared, found});
  }
  page.End();
}

// Allowed, and each of the two is to know of the other (domain page §4.6).
void AddOtherChecks(const v1::Verification& verification, HtmlPage& page) {
  if (verification.other_checks().empty()) return;
  page.Paragraph("外地区同时在核对的成员：").Begin({"成员", "地区", "核对事由", "状态"});
  for (const v1::OtherCheck& one : verification.other_checks()) {
    page.Row({MemberName(verification.report(), one.member_id()), RegionWord(one.region().code()),
              WordOf(one.type()), one.ended() ? "已结束" : "未结束"});
  }
  page.End();
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
  AddOtherChecks(verification, page);
  page.Heading("四、申报与核对不一致");
  AddDiscrepancies(verification, unchecked, page);
  AddLifeEvents(verification, page);
}
}  // namespace

std::string RenderReportPage(const v1::Verification& verification, const std::string& signature) {
  const v1::Report& report = verification.report();
  const int unchecked = CountUnchecked(verification);
  HtmlPage page;
  page.Raw("<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\n")
      // Nothing is fetched and nothing runs, whatever the text.
      .Raw(
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'\">\n")
      .Raw("<title>" + EscapeHtml("家庭经济状况核对报告 " + report.report_no()) + "</title>\n")
      .Raw(std::string("<style>") + kReportStyle + "</style></head><body>\n");
  AddHead(verification, unchecked, signature, page);
  AddMembers(report, page);
  AddResults(verification, page);
  AddFindings(verification, unchecked, page);
  AddProposal(report, page);
  page.Heading("说明").Paragraph(
      "本报告是核对所得的证据，不是决定。救助决定由承办人员作出并署名（个人信息保护法第二十四条）。"
      "姓名和证件号码已作遮盖处理。");
  page.Raw(
          "<table "
          "class=\"sign\"><tbody><tr><td>承办人：</td><td>审核人：</td><td>日期：</td></tr></tbody></"
          "table>\n")
      .Raw("</body></html>\n");
  return page.Take();
}

}  // namespace chuanyu::family_economy
