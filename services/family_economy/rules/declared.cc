#include "services/family_economy/rules/declared.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <map>

namespace chuanyu::family_economy {
namespace {

using Items = google::protobuf::RepeatedPtrField<v1::ClassItem>;

// What one member declares.
class Declaration {
 public:
  Declaration(const v1::HouseholdEconomy& economy, const std::string& member_id)
      : economy_(economy), member_id_(member_id) {}

  int64_t CountOf(v1::PropertyKind kind) const {
    int64_t count = 0;
    for (const v1::Property& one : economy_.property()) {
      if (one.member_id() == member_id_ && one.kind() == kind) count += one.count();
    }
    return count;
  }
  int64_t FinancialFen() const {
    int64_t fen = 0;
    for (const v1::Property& one : economy_.property()) {
      if (one.member_id() == member_id_ && one.kind() == v1::PROPERTY_KIND_FINANCIAL) {
        fen += one.amount().amount();
      }
    }
    return fen;
  }
  bool Earns(std::initializer_list<v1::IncomeKind> kinds) const { return MostFenMonth(kinds) >= 0; }
  // The most of these kinds together in a month; -1 when there is no entry of them.
  int64_t MostFenMonth(std::initializer_list<v1::IncomeKind> kinds) const {
    std::map<std::string, int64_t> months;
    for (const v1::Income& one : economy_.incomes()) {
      if (one.member_id() != member_id_) continue;
      if (std::find(kinds.begin(), kinds.end(), one.kind()) == kinds.end()) continue;
      months[one.month().value()] += one.net().amount();
    }
    int64_t most = -1;
    for (const auto& [month, fen] : months) most = std::max(most, fen);
    return most;
  }

 private:
  const v1::HouseholdEconomy& economy_;
  const std::string& member_id_;
};

constexpr auto kWage = v1::INCOME_KIND_WAGE;
constexpr auto kBusiness = v1::INCOME_KIND_BUSINESS;
constexpr auto kRent = v1::INCOME_KIND_PROPERTY;
constexpr auto kTransfer = v1::INCOME_KIND_TRANSFER;
constexpr auto kPension = v1::INCOME_KIND_BASIC_PENSION;

// A HIT that may not show its records still has one.
int64_t CountRecords(const Items& items) { return std::max<int64_t>(1, items.size()); }

// 残疾人机动轮椅车 is no property by any rule.
int64_t CountVehicles(const Items& items) {
  const auto wheelchairs = std::count_if(items.begin(), items.end(), [](const v1::ClassItem& item) {
    return item.vehicle().type() == v1::VEHICLE_TYPE_MOTORISED_WHEELCHAIR;
  });
  return CountRecords(items) - wheelchairs;
}

bool DeclaresInsurance(const Declaration& declared, const v1::SocialInsurance& found) {
  if (found.role() == v1::INSURANCE_ROLE_RECIPIENT) {
    return declared.MostFenMonth({kTransfer, kPension}) >= found.benefit_fen_month();
  }
  // 城乡居民养老保险 is paid by who has no wage, too.
  if (found.type() == v1::SOCIAL_INSURANCE_TYPE_RESIDENT_PENSION &&
      found.role() == v1::INSURANCE_ROLE_CONTRIBUTOR) {
    return true;
  }
  // 灵活就业 pays into the insurance of employees and earns from business.
  return declared.Earns({kWage, kBusiness});
}

bool DeclaresFund(const Declaration& declared, const v1::HousingFund& found) {
  if (found.base_fen_month() > 0 || !found.has_balance_fen()) return declared.Earns({kWage});
  return declared.FinancialFen() >= found.balance_fen();
}

bool DeclaresTaxed(const Declaration& declared, const v1::TaxedIncome& found) {
  switch (found.type()) {
    case v1::TAXED_INCOME_TYPE_WAGE:
      return declared.Earns({kWage});
    case v1::TAXED_INCOME_TYPE_SERVICES:
      return declared.Earns({kWage, kBusiness});
    case v1::TAXED_INCOME_TYPE_BUSINESS:
      return declared.Earns({kBusiness});
    case v1::TAXED_INCOME_TYPE_CAPITAL:
    case v1::TAXED_INCOME_TYPE_PROPERTY:
      return declared.Earns({kRent});
    default:
      return declared.Earns({kWage, kBusiness, kRent, kTransfer});
  }
}

bool DeclaresMoney(const Declaration& declared, const Items& items) {
  int64_t fen = 0;
  for (const v1::ClassItem& item : items) fen += item.financial_asset().balance_fen();
  // Where amounts may not be told, any amount is one.
  return declared.FinancialFen() >= std::max<int64_t>(fen, 1);
}

// Each record by itself; without any, as if it were one that says nothing.
template <typename Record, typename Test>
bool Each(const Items& items, const Declaration& declared, const Record& (v1::ClassItem::*get)() const,
          Test test) {
  if (items.empty()) return test(declared, Record::default_instance());
  return std::all_of(items.begin(), items.end(),
                     [&](const v1::ClassItem& item) { return test(declared, (item.*get)()); });
}

}  // namespace

bool Declares(const v1::HouseholdEconomy& economy, const std::string& member_id,
              const v1::ClassResult& found) {
  const Declaration declared(economy, member_id);
  const Items& items = found.items();
  switch (found.data_class()) {
    case v1::DATA_CLASS_A04_SOCIAL_INSURANCE:
      return Each(items, declared, &v1::ClassItem::social_insurance, DeclaresInsurance);
    case v1::DATA_CLASS_A05_REAL_ESTATE:
      return declared.CountOf(v1::PROPERTY_KIND_HOUSING) >= CountRecords(items);
    case v1::DATA_CLASS_A06_VEHICLE:
      return declared.CountOf(v1::PROPERTY_KIND_VEHICLE) >= CountVehicles(items);
    case v1::DATA_CLASS_A07_BUSINESS:
      return declared.CountOf(v1::PROPERTY_KIND_COMPANY) >= CountRecords(items);
    case v1::DATA_CLASS_A08_HOUSING_FUND:
      return Each(items, declared, &v1::ClassItem::housing_fund, DeclaresFund);
    case v1::DATA_CLASS_A09_TAX:
      return Each(items, declared, &v1::ClassItem::taxed_income, DeclaresTaxed);
    case v1::DATA_CLASS_A14_FINANCE:
      return DeclaresMoney(declared, items);
    default:
      return true;
  }
}

}  // namespace chuanyu::family_economy
