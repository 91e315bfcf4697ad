#include "services/family_economy/rules/rule_words.h"

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace chuanyu::family_economy {
namespace {

using Words = std::map<std::string, const char*>;

std::string Find(const Words& words, const std::string& code) {
  const auto found = words.find(code);
  return found == words.end() ? code : found->second;
}

std::string Percent(int64_t basis_points) {
  return absl::StrFormat("%d.%02d%%", basis_points / 100, basis_points % 100);
}

std::string MonthOf(int64_t number) { return absl::StrFormat("%04d年%d月", number / 100, number % 100); }

bool IsMonth(const std::string& name) {
  return name == "first_month" || name == "last_month" || name == "exit_until" || name == "approved_month" ||
         name == "paid_from_month";
}

bool IsYesOrNo(const std::string& name) {
  return name == "above_limit" || name == "in_dibao_now" || name == "counted";
}

std::string ValueText(const std::string& name, int64_t value) {
  if (IsMonth(name)) return MonthOf(value);
  if (IsYesOrNo(name)) return value != 0 ? "是" : "否";
  if (absl::StrContains(name, "_twelfths")) return YuanOfTwelfths(value);
  if (absl::StrContains(name, "_fen")) return Yuan(value);
  if (absl::EndsWith(name, "_bp")) return Percent(value);
  return absl::StrCat(value);
}

}  // namespace

std::string RuleWord(const std::string& id) {
  static const auto* const groups = new Words{{"INCOME", "收入"},
                                              {"EMPLOYMENT_DISREGARD", "就业收入豁免"},
                                              {"DEDUCTION", "扣减"},
                                              {"PROPERTY", "财产"},
                                              {"NEEDED_CLASSES", "必查项目"},
                                              {"SINGLE_PERSON", "单人保"},
                                              {"BANDS", "收入与标准比较"},
                                              {"STANDARD", "家庭保障标准"},
                                              {"MEMBERSHIP", "家庭成员"},
                                              {"LIFE_EVENT", "生命事件"},
                                              {"PAID_FROM", "起发月份"}};
  static const auto* const kinds = new Words{{"WAGE", "工资性收入"},
                                             {"BUSINESS", "经营净收入"},
                                             {"FARMING", "种植养殖净收入"},
                                             {"PROPERTY", "财产净收入"},
                                             {"TRANSFER", "转移净收入"},
                                             {"DISABILITY_SUBSIDY", "残疾人两项补贴"},
                                             {"CHILD_WELFARE", "孤儿和事实无人抚养儿童基本生活费"},
                                             {"HONOUR_PENSION", "优待抚恤金"},
                                             {"SCHOLARSHIP", "奖学金、助学金"},
                                             {"RELIEF", "临时救助等救助金"},
                                             {"BASIC_PENSION", "基础养老金"},
                                             {"EMPLOYMENT_COST", "就业成本"},
                                             {"ILLNESS", "医疗支出"},
                                             {"DISABILITY_CARE", "残疾人康复和照料支出"},
                                             {"EDUCATION", "教育支出"},
                                             {"SUPPORT_FEE", "赡养、抚养、扶养费"},
                                             {"FINANCIAL", "金融资产"},
                                             {"HOUSING", "住房"},
                                             {"VEHICLE", "车辆、船舶"},
                                             {"COMPANY", "市场主体"},
                                             {"APPLICANT", "申请人"},
                                             {"SPOUSE", "配偶"},
                                             {"MINOR_CHILD", "未成年子女"},
                                             {"ADULT_CHILD_DEPENDENT", "不能独立生活的成年子女"},
                                             {"ADULT_CHILD_STUDENT", "在校的成年子女"},
                                             {"SUPPORTED_HERE", "共同生活且有赡养抚养扶养关系"},
                                             {"INDEPENDENT", "独立生活的成年子女"},
                                             {"NOT_SHARING", "不共同生活或没有赡养抚养扶养关系"},
                                             {"SOLDIER", "现役军人"},
                                             {"CLERGY", "宗教教职人员"},
                                             {"PRISONER", "服刑人员"},
                                             {"COMPULSORY_REHAB", "强制隔离戒毒人员"},
                                             {"DECLARED_MISSING", "宣告失踪人员"},
                                             {"AGE_UNKNOWN", "年龄不明"},
                                             {"APPLICANT_EXCLUDED", "申请人属于不计入情形"},
                                             {"DEATH", "死亡"}};
  const size_t dot = id.find('.');
  if (dot == std::string::npos) return Find(*groups, id);
  const std::string group = id.substr(0, dot);
  // 财产净收入 is an income; the property itself has kinds of its own.
  return Find(*groups, group) + "：" + Find(*kinds, id.substr(dot + 1));
}

std::string NumberWord(const std::string& name, int64_t value) {
  static const auto* const words = new Words{{"classes", "应查项目数"},
                                             {"missing", "缺少项数"},
                                             {"owned_fen", "现有"},
                                             {"owned", "现有"},
                                             {"limit_fen", "上限"},
                                             {"limit", "上限"},
                                             {"above_limit", "超过上限"},
                                             {"standard_fen_month", "每人月标准"},
                                             {"own_income_fen_month", "本人月收入"},
                                             {"amount_fen_month", "月保障金额"},
                                             {"need_fen_month", "家庭月标准"},
                                             {"income_twelfths_month", "月收入"},
                                             {"income_fen_month", "月收入（舍去分以下）"},
                                             {"edge_upper_bp", "低保边缘上限"},
                                             {"exit_upper_bp", "渐退上限"},
                                             {"in_dibao_now", "现为低保家庭"},
                                             {"exit_until", "渐退至"},
                                             {"members", "计入人数"},
                                             {"window_months", "计算月数"},
                                             {"sum_fen", "期内合计"},
                                             {"first_month", "起始月"},
                                             {"last_month", "截止月"},
                                             {"disregarded_fen", "不计入"},
                                             {"claimed_fen", "申报支出"},
                                             {"max_fen_month", "每月上限"},
                                             {"max_share_bp", "占收入上限"},
                                             {"deduction_twelfths_month", "月扣减额"},
                                             {"counted", "计入"},
                                             {"death_yyyymmdd", "死亡日期"},
                                             {"approved_month", "如批准于"},
                                             {"paid_from_month", "发放自"}};
  return Find(*words, name) + " " + ValueText(name, value);
}

std::string SourceWord(const std::string& source) {
  return absl::StrReplaceAll(source, {{" [PROP]", "（暂定值）"},
                                      {"[PROP]", "（暂定值）"},
                                      {" [GK-H]", "（未与原文核对）"},
                                      {" [GK-M]", "（未与原文核对）"}});
}

std::string Yuan(int64_t fen) { return absl::StrFormat("%d.%02d元", fen / 100, fen % 100); }

std::string YuanOfTwelfths(int64_t twelfths) {
  const std::string whole = Yuan(twelfths / 12);
  return twelfths % 12 == 0 ? whole : absl::StrCat(whole, "又", twelfths % 12, "/12分");
}

}  // namespace chuanyu::family_economy
