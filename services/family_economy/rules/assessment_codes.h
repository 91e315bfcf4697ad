// The words of an assessment: what is earned, deducted and owned, and how policy files and proposals spell
// it. Pure, thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace chuanyu::family_economy {

// Sources: 最低生活保障审核确认办法 (民发〔2021〕57号) on what is income and what is not; domain page §4.4.
enum class IncomeKind {
  kWage,               // 工资性收入
  kBusiness,           // 经营净收入, 非农
  kFarming,            // 经营净收入, 种植养殖
  kProperty,           // 财产净收入
  kTransfer,           // 转移净收入: 赡养费、养老金等
  kDisabilitySubsidy,  // 残疾人两项补贴
  kChildWelfare,       // 孤儿、事实无人抚养儿童基本生活费
  kHonourPension,      // 优待抚恤金
  kScholarship,        // 奖学金
  kRelief,             // 社会救助款物
  kBasicPension,       // 城乡居民基本养老保险基础养老金
};

// What may be taken off the income.
enum class DeductionKind {
  kEmploymentCost,  // 就业成本
  kIllness,         // 刚性支出: 重病
  kDisabilityCare,  // 刚性支出: 残疾照护
  kEducation,       // 刚性支出: 教育
  kSupportFee,      // 特殊群体供养费用豁免
};

enum class PropertyKind {
  kFinancial,  // 存款、证券、保险, in fen
  kHousing,    // 住房, counted
  kVehicle,    // 车辆、船舶, counted
  kCompany,    // 市场主体, counted
};

std::string NameOf(IncomeKind kind);  // "WAGE"
std::string NameOf(DeductionKind kind);
std::string NameOf(PropertyKind kind);

std::optional<IncomeKind> FindIncomeKind(std::string_view name);
std::optional<DeductionKind> FindDeductionKind(std::string_view name);
std::optional<PropertyKind> FindPropertyKind(std::string_view name);

// All of them, in the order above.
std::span<const IncomeKind> AllIncomeKinds();
std::span<const DeductionKind> AllDeductionKinds();
std::span<const PropertyKind> AllPropertyKinds();

}  // namespace chuanyu::family_economy
