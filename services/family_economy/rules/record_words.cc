// What a record says, in Chinese.
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/family_economy/rules/report_words.h"
#include "services/family_economy/rules/rule_words.h"

namespace chuanyu::family_economy {
namespace {

template <typename Code>
using Words = std::map<Code, const char*>;

// A code without a word, or one that may not be told, leaves only the kind of record.
template <typename Code>
std::string Find(const Words<Code>& words, Code code, const std::string& otherwise) {
  const auto found = words.find(code);
  return found == words.end() ? otherwise : found->second;
}

template <typename Record>
std::string Region(const std::string& text, const Record& record) {
  return record.region().code().empty() ? text : text + "，" + RegionWord(record.region().code());
}
template <typename Record>
std::string Since(const std::string& text, const Record& record) {
  const std::string& month = record.from_month().value();
  return Region(month.empty() ? text : text + "，自" + month + "起", record);
}
std::string Share(const std::string& text, int basis_points) {
  if (basis_points <= 0) return text;
  return absl::StrCat(text, "，份额", absl::StrFormat("%d.%02d%%", basis_points / 100, basis_points % 100));
}

std::string Describe(const v1::HukouRecord& one) {
  static const auto* const words = new Words<v1::HukouState>{{v1::HUKOU_STATE_REGISTERED, "户籍在册"},
                                                             {v1::HUKOU_STATE_MOVED_OUT, "户籍迁出"},
                                                             {v1::HUKOU_STATE_CANCELLED, "户籍注销"}};
  std::string text = Find(*words, one.state(), "户籍");
  if (one.has_division()) text += "，区划 " + one.division().code();
  return Since(text, one);
}

std::string Describe(const v1::SocialInsurance& one) {
  static const auto* const words =
      new Words<v1::SocialInsuranceType>{{v1::SOCIAL_INSURANCE_TYPE_EMPLOYEE_PENSION, "职工养老保险"},
                                         {v1::SOCIAL_INSURANCE_TYPE_RESIDENT_PENSION, "城乡居民养老保险"},
                                         {v1::SOCIAL_INSURANCE_TYPE_PUBLIC_PENSION, "机关事业单位养老保险"},
                                         {v1::SOCIAL_INSURANCE_TYPE_UNEMPLOYMENT, "失业保险"},
                                         {v1::SOCIAL_INSURANCE_TYPE_WORK_INJURY, "工伤保险"}};
  std::string text = Find(*words, one.type(), "社会保险");
  if (one.role() == v1::INSURANCE_ROLE_CONTRIBUTOR) text += "，参保缴费";
  if (one.role() == v1::INSURANCE_ROLE_RECIPIENT) text += "，领取待遇";
  if (one.has_benefit_fen_month()) text += "，每月" + Yuan(one.benefit_fen_month());
  if (one.has_base_fen_month()) text += "，缴费基数" + Yuan(one.base_fen_month());
  return Since(text, one);
}

std::string Describe(const v1::RealEstate& one) {
  static const auto* const words =
      new Words<v1::RealEstateUse>{{v1::REAL_ESTATE_USE_DWELLING, "住宅"},
                                   {v1::REAL_ESTATE_USE_COMMERCIAL, "商业、办公用房"},
                                   {v1::REAL_ESTATE_USE_HOMESTEAD, "宅基地、农村住房"}};
  std::string text = Find(*words, one.use(), "不动产");
  const int64_t area = one.area_centi_m2();
  if (area > 0) absl::StrAppend(&text, "，", absl::StrFormat("%d.%02d平方米", area / 100, area % 100));
  return Since(Share(text, one.share_bp()), one);
}

std::string Describe(const v1::Vehicle& one) {
  static const auto* const words =
      new Words<v1::VehicleType>{{v1::VEHICLE_TYPE_CAR, "小型载客汽车"},
                                 {v1::VEHICLE_TYPE_TRUCK_OR_BUS, "货车、大中型客车"},
                                 {v1::VEHICLE_TYPE_MOTORCYCLE, "摩托车"},
                                 {v1::VEHICLE_TYPE_MOTORISED_WHEELCHAIR, "残疾人机动轮椅车"},
                                 {v1::VEHICLE_TYPE_SHIP, "船舶"}};
  return Since(Find(*words, one.type(), "车辆、船舶"), one);
}

std::string Describe(const v1::BusinessInterest& one) {
  static const auto* const words =
      new Words<v1::BusinessRole>{{v1::BUSINESS_ROLE_LEGAL_REPRESENTATIVE, "法定代表人"},
                                  {v1::BUSINESS_ROLE_SHAREHOLDER, "股东、合伙人"},
                                  {v1::BUSINESS_ROLE_SOLE_TRADER, "个体工商户经营者"},
                                  {v1::BUSINESS_ROLE_COOPERATIVE_MEMBER, "农民专业合作社成员"}};
  std::string text = Share(Find(*words, one.role(), "市场主体"), one.share_bp());
  if (one.has_registered_capital_fen()) text += "，注册资本" + Yuan(one.registered_capital_fen());
  return Since(text, one);
}

std::string Describe(const v1::HousingFund& one) {
  std::string text = "住房公积金账户";
  if (one.has_balance_fen()) text += "，余额" + Yuan(one.balance_fen());
  if (one.has_base_fen_month()) text += "，缴存基数" + Yuan(one.base_fen_month());
  return Since(text, one);
}

std::string Describe(const v1::TaxedIncome& one) {
  static const auto* const words =
      new Words<v1::TaxedIncomeType>{{v1::TAXED_INCOME_TYPE_WAGE, "工资薪金所得"},
                                     {v1::TAXED_INCOME_TYPE_SERVICES, "劳务报酬等所得"},
                                     {v1::TAXED_INCOME_TYPE_BUSINESS, "经营所得"},
                                     {v1::TAXED_INCOME_TYPE_CAPITAL, "利息股息红利所得"},
                                     {v1::TAXED_INCOME_TYPE_PROPERTY, "财产租赁转让所得"},
                                     {v1::TAXED_INCOME_TYPE_INCIDENTAL, "偶然所得"}};
  std::string text = Find(*words, one.type(), "纳税所得");
  if (one.has_income_fen_year()) text += "，十二个月合计" + Yuan(one.income_fen_year());
  return Since(text, one);
}

std::string Describe(const v1::FinancialAsset& one) {
  static const auto* const words =
      new Words<v1::FinancialAssetType>{{v1::FINANCIAL_ASSET_TYPE_DEPOSIT, "存款"},
                                        {v1::FINANCIAL_ASSET_TYPE_SECURITIES, "股票、基金、债券"},
                                        {v1::FINANCIAL_ASSET_TYPE_INSURANCE, "商业保险"},
                                        {v1::FINANCIAL_ASSET_TYPE_WEALTH_PRODUCT, "理财"}};
  std::string text = Find(*words, one.type(), "金融资产");
  if (one.has_balance_fen()) text += "，" + Yuan(one.balance_fen());
  return Region(text, one);
}

std::string Describe(const v1::UtilityUse& one) {
  static const auto* const words = new Words<v1::UtilityType>{{v1::UTILITY_TYPE_WATER, "用水"},
                                                              {v1::UTILITY_TYPE_ELECTRICITY, "用电"},
                                                              {v1::UTILITY_TYPE_GAS, "用气"},
                                                              {v1::UTILITY_TYPE_TELECOM, "通讯"}};
  std::string text = Find(*words, one.type(), "水电气通讯");
  if (one.has_paid_fen_month()) text += "，月均" + Yuan(one.paid_fen_month());
  return Region(text, one);
}

}  // namespace

std::string DescribeItem(const v1::ClassItem& item) {
  switch (item.item_case()) {
    case v1::ClassItem::kMaritalStatus: {
      const auto& one = item.marital_status();
      return Since(MaritalWord(one.marital_code()), one);
    }
    case v1::ClassItem::kDeathRecord: {
      const auto& one = item.death_record();
      const bool cremation = one.type() == v1::DEATH_RECORD_TYPE_CREMATION;
      return Since(cremation ? "火化" : "死亡", one);
    }
    case v1::ClassItem::kAssistance: {
      const auto& one = item.assistance();
      return Since(WordOf(one.type()), one);
    }
    case v1::ClassItem::kDisabilitySubsidy: {
      const auto& one = item.disability_subsidy();
      const bool care = one.type() == v1::DISABILITY_SUBSIDY_TYPE_CARE;
      return Since(care ? "重度残疾人护理补贴" : "困难残疾人生活补贴", one);
    }
    case v1::ClassItem::kChildWelfare: {
      const auto& one = item.child_welfare();
      const bool orphan = one.category() == v1::CHILD_CATEGORY_ORPHAN;
      return Since(orphan ? "孤儿" : "事实无人抚养儿童", one);
    }
    case v1::ClassItem::kTemporaryRelief: {
      const auto& one = item.temporary_relief();
      return Since("临时救助", one);
    }
    case v1::ClassItem::kHukouRecord:
      return Describe(item.hukou_record());
    case v1::ClassItem::kSocialInsurance:
      return Describe(item.social_insurance());
    case v1::ClassItem::kRealEstate:
      return Describe(item.real_estate());
    case v1::ClassItem::kVehicle:
      return Describe(item.vehicle());
    case v1::ClassItem::kBusinessInterest:
      return Describe(item.business_interest());
    case v1::ClassItem::kHousingFund:
      return Describe(item.housing_fund());
    case v1::ClassItem::kTaxedIncome:
      return Describe(item.taxed_income());
    case v1::ClassItem::kFinancialAsset:
      return Describe(item.financial_asset());
    case v1::ClassItem::kUtilityUse:
      return Describe(item.utility_use());
    default:
      return "有记录";
  }
}

}  // namespace chuanyu::family_economy
