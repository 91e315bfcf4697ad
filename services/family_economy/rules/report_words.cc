#include "services/family_economy/rules/report_words.h"

#include <array>
#include <map>

#include "common/errors/error.h"

namespace chuanyu::family_economy {
namespace {

using Words = std::map<std::string, const char*>;

std::string Find(const Words& words, const std::string& code) {
  const auto found = words.find(code);
  return found == words.end() ? code : found->second;
}

}  // namespace

std::string WordOf(v1::VerificationType type) {
  switch (type) {
    case v1::VERIFICATION_TYPE_NEW:
      return "新申请";
    case v1::VERIFICATION_TYPE_RECHECK:
      return "定期复核";
    case v1::VERIFICATION_TYPE_MONITOR:
      return "动态监测";
    case v1::VERIFICATION_TYPE_REVIEW:
      return "结果复核";
    case v1::VERIFICATION_TYPE_PROVISIONAL:
      return "先行救助";
    default:
      return v1::VerificationType_Name(type);
  }
}

std::string WordOf(v1::DataClass data_class) {
  // Domain page §4.1, A01 to A15.
  constexpr std::array<const char*, 16> kWords = {"",
                                                  "户籍",
                                                  "婚姻",
                                                  "死亡、火化",
                                                  "社会保险、养老金",
                                                  "不动产",
                                                  "车辆、船舶",
                                                  "市场主体",
                                                  "住房公积金",
                                                  "纳税",
                                                  "低保、特困、低保边缘",
                                                  "残疾人两项补贴",
                                                  "孤儿、事实无人抚养儿童",
                                                  "临时救助",
                                                  "存款、证券、保险",
                                                  "水、电、气、通讯"};
  const auto at = static_cast<size_t>(data_class);
  return at > 0 && at < kWords.size() ? kWords.at(at) : v1::DataClass_Name(data_class);
}

std::string WordOf(v1::ResultState state) {
  switch (state) {
    case v1::RESULT_STATE_HIT:
      return "有记录";
    case v1::RESULT_STATE_NO_HIT:
      return "无记录";
    case v1::RESULT_STATE_ERROR:
      return "核查出错";
    default:
      return "未核查";
  }
}

std::string WordOf(life_events::v1::LifeEventKind kind) {
  if (kind == life_events::v1::LIFE_EVENT_KIND_DEATH) return "死亡";
  if (kind == life_events::v1::LIFE_EVENT_KIND_PRISON_RELEASE) return "刑满释放";
  return life_events::v1::LifeEventKind_Name(kind);
}

std::string WordOf(life_events::v1::LifeEventSource source) {
  switch (source) {
    case life_events::v1::LIFE_EVENT_SOURCE_FUNERAL:
      return "殡葬";
    case life_events::v1::LIFE_EVENT_SOURCE_POLICE:
      return "公安";
    case life_events::v1::LIFE_EVENT_SOURCE_HEALTH:
      return "卫健";
    case life_events::v1::LIFE_EVENT_SOURCE_JUSTICE:
      return "司法行政";
    default:
      return life_events::v1::LifeEventSource_Name(source);
  }
}

std::string WordOf(v1::DiscrepancyKind kind) {
  switch (kind) {
    case v1::DISCREPANCY_KIND_MARITAL_STATUS:
      return "婚姻状况与登记不一致";
    case v1::DISCREPANCY_KIND_DECEASED:
      return "登记为死亡";
    case v1::DISCREPANCY_KIND_NOT_DECLARED:
      return "登记有记录而未申报";
    case v1::DISCREPANCY_KIND_MEMBER_NOT_REGISTERED:
      return "申报成员户籍未登记";
    case v1::DISCREPANCY_KIND_PERSON_NOT_DECLARED:
      return "同户登记人数多于申报";
    default:
      return v1::DiscrepancyKind_Name(kind);
  }
}

std::string WordOf(v1::AssistanceType type) {
  switch (type) {
    case v1::ASSISTANCE_TYPE_DIBAO_URBAN:
      return "城市低保";
    case v1::ASSISTANCE_TYPE_DIBAO_RURAL:
      return "农村低保";
    case v1::ASSISTANCE_TYPE_TEKUN:
      return "特困人员救助供养";
    case v1::ASSISTANCE_TYPE_BIANYUAN:
      return "低保边缘";
    case v1::ASSISTANCE_TYPE_GANGXING:
      return "刚性支出困难";
    default:
      return v1::AssistanceType_Name(type);
  }
}

std::string WordOf(v1::ProposalKind kind) {
  switch (kind) {
    case v1::PROPOSAL_KIND_DIBAO:
      return "符合低保条件";
    case v1::PROPOSAL_KIND_EDGE:
      return "低保边缘家庭";
    case v1::PROPOSAL_KIND_GRADUAL_EXIT:
      return "低保渐退";
    case v1::PROPOSAL_KIND_NOT_ELIGIBLE:
      return "不符合低保条件";
    case v1::PROPOSAL_KIND_INCOMPLETE:
      return "核查不完整，不提出建议";
    default:
      return "需人工认定";
  }
}

std::string WordOf(v1::ManualReason reason) {
  switch (reason) {
    case v1::MANUAL_REASON_INCOME_EQUALS_STANDARD:
      return "家庭收入恰等于保障标准";
    case v1::MANUAL_REASON_INCOME_UNDECIDED:
      return "有收入未见是否计入的规定";
    case v1::MANUAL_REASON_DEDUCTION_UNDECIDED:
      return "有支出未见如何扣减的规定";
    case v1::MANUAL_REASON_PROPERTY_TO_REVIEW:
      return "家庭财产须人工审查";
    case v1::MANUAL_REASON_DEATH_RECORDED:
      return "有成员登记为死亡";
    case v1::MANUAL_REASON_FINDINGS_UNSETTLED:
      return "有重复待遇或不一致尚未处理";
    case v1::MANUAL_REASON_NO_POLICY:
      return "本地区没有该日的政策参数";
    case v1::MANUAL_REASON_NO_STANDARD:
      return "政策参数中没有该地该日的低保标准";
    case v1::MANUAL_REASON_MEMBERSHIP_UNDECIDED:
      return "有人员是否计入家庭成员尚不能确定";
    case v1::MANUAL_REASON_CURRENT_DIBAO_UNCONFIRMED:
      return "申报的现享低保与本地登记不一致";
    case v1::MANUAL_REASON_NO_RULES:
      return "该类救助没有自动测算规则";
    case v1::MANUAL_REASON_NOT_COMPUTABLE:
      return "数据超出可测算范围";
    default:
      return v1::ManualReason_Name(reason);
  }
}

std::string PurposeWord(const std::string& purpose) {
  static const auto* const words = new Words{{"P-DIBAO", "最低生活保障"},
                                             {"P-TEKUN", "特困人员救助供养"},
                                             {"P-LINSHI", "临时救助"},
                                             {"P-BIANYUAN", "低保边缘家庭认定"},
                                             {"P-GANGXING", "刚性支出困难家庭认定"},
                                             {"P-RECHECK", "定期复核"},
                                             {"P-MONITOR", "动态监测"},
                                             {"P-REVIEW", "结果复核"}};
  return Find(*words, purpose);
}

std::string RelationWord(const std::string& code) {
  static const auto* const words = new Words{
      {"01", "本人"}, {"02", "户主"},       {"10", "配偶"},       {"11", "夫"},         {"12", "妻"},
      {"20", "子"},   {"27", "养子或继子"}, {"28", "女婿"},       {"30", "女"},         {"37", "养女或继女"},
      {"38", "儿媳"}, {"41", "孙子"},       {"42", "孙女"},       {"43", "外孙子"},     {"44", "外孙女"},
      {"50", "父母"}, {"51", "父亲"},       {"52", "母亲"},       {"53", "公公"},       {"54", "婆婆"},
      {"55", "岳父"}, {"56", "岳母"},       {"57", "继父或养父"}, {"58", "继母或养母"}, {"71", "兄"},
      {"73", "弟"},   {"75", "姐姐"},       {"77", "妹妹"},       {"93", "侄子"},       {"94", "侄女"},
      {"95", "外甥"}, {"96", "外甥女"},     {"97", "其他亲属"},   {"99", "非亲属"}};
  return Find(*words, code);
}

std::string MaritalWord(const std::string& code) {
  static const auto* const words =
      new Words{{"10", "未婚"}, {"20", "已婚"}, {"21", "初婚"}, {"22", "再婚"},
                {"23", "复婚"}, {"30", "丧偶"}, {"40", "离婚"}, {"90", "未说明"}};
  return Find(*words, code);
}

std::string RegionWord(const std::string& code) {
  static const auto* const words = new Words{{"500000", "重庆市"}, {"510000", "四川省"}};
  return Find(*words, code);
}

std::string ReasonWord(const std::string& reason) {
  const auto known = ParseReason(reason);
  return known ? std::string(ReasonTextZh(*known)) : reason;
}

}  // namespace chuanyu::family_economy
