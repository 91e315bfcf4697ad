#include "services/family_economy/rules/economy.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/calendar/month.h"
#include "common/errors/error.h"
#include "common/identity/characters.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/declared.h"

namespace chuanyu::family_economy {
namespace {

// 一亿元. With 2,000 entries, twelfths and basis points the largest product is below 2^63.
constexpr int64_t kMaxFen = 10'000'000'000;
constexpr int kMaxIncomes = 2000;
constexpr int kMaxDeductions = 500;
constexpr int kMaxProperty = 500;
constexpr uint32_t kMaxThings = 1000;
constexpr uint32_t kMaxAwayMonths = 1200;
constexpr int kMaxSettlements = 100;
constexpr size_t kMaxNote = 1000;  // characters

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

std::string Path(const char* list, int at) { return absl::StrCat("economy.", list, "[", at, "]"); }

class Checker {
 public:
  explicit Checker(const v1::Household& household) {
    for (const v1::Member& member : household.members()) ids_.insert(member.member_id());
  }

  absl::Status CheckMember(const std::string& id, const std::string& path) const {
    return ids_.contains(id) ? absl::OkStatus() : Bad(path + ".member_id", "is no member of the household");
  }
  static absl::Status CheckFen(bool there, const type::v1::Fen& fen, const std::string& field) {
    if (!there) return Bad(field, "missing");
    if (fen.amount() < 0 || fen.amount() > kMaxFen) return Bad(field, "not 0 to 10,000,000,000 fen");
    return absl::OkStatus();
  }
  static absl::Status CheckMonth(const type::v1::Month& month, const std::string& field) {
    return ParseMonth(month.value(), field).status();
  }

  absl::Status Check(const v1::Income& one, const std::string& path) const {
    CHUANYU_RETURN_IF_ERROR(CheckMember(one.member_id(), path));
    if (one.kind() == v1::INCOME_KIND_UNSPECIFIED || !v1::IncomeKind_IsValid(one.kind())) {
      return Bad(path + ".kind", "missing or unknown");
    }
    CHUANYU_RETURN_IF_ERROR(CheckMonth(one.month(), path + ".month"));
    return CheckFen(one.has_net(), one.net(), path + ".net");
  }
  absl::Status Check(const v1::Deduction& one, const std::string& path) const {
    CHUANYU_RETURN_IF_ERROR(CheckMember(one.member_id(), path));
    if (one.kind() == v1::DEDUCTION_KIND_UNSPECIFIED || !v1::DeductionKind_IsValid(one.kind())) {
      return Bad(path + ".kind", "missing or unknown");
    }
    CHUANYU_RETURN_IF_ERROR(CheckMonth(one.month(), path + ".month"));
    return CheckFen(one.has_amount(), one.amount(), path + ".amount");
  }
  absl::Status Check(const v1::Property& one, const std::string& path) const {
    CHUANYU_RETURN_IF_ERROR(CheckMember(one.member_id(), path));
    if (one.kind() == v1::PROPERTY_KIND_UNSPECIFIED || !v1::PropertyKind_IsValid(one.kind())) {
      return Bad(path + ".kind", "missing or unknown");
    }
    if (one.kind() == v1::PROPERTY_KIND_FINANCIAL) {
      if (one.count() != 0) return Bad(path + ".count", "given for FINANCIAL, which has an amount");
      return CheckFen(one.has_amount(), one.amount(), path + ".amount");
    }
    if (one.has_amount()) return Bad(path + ".amount", "given for what is counted");
    if (one.count() < 1 || one.count() > kMaxThings) return Bad(path + ".count", "not 1 to 1,000");
    return absl::OkStatus();
  }
  absl::Status Check(const v1::MemberCircumstances& one, const std::string& path) {
    CHUANYU_RETURN_IF_ERROR(CheckMember(one.member_id(), path));
    if (!described_.insert(one.member_id()).second) return Bad(path + ".member_id", "is there twice");
    if (!v1::Study_IsValid(one.study())) return Bad(path + ".study", "unknown");
    if (one.clergy_away_months() > kMaxAwayMonths) return Bad(path + ".clergy_away_months", "above 1,200");
    return absl::OkStatus();
  }
  absl::Status Check(const v1::FindingSettlement& one, const std::string& path) const {
    CHUANYU_RETURN_IF_ERROR(CheckMember(one.member_id(), path));
    if (one.kind() == v1::FINDING_KIND_UNSPECIFIED || !v1::FindingKind_IsValid(one.kind())) {
      return Bad(path + ".kind", "missing or unknown");
    }
    const bool undeclared = one.kind() == v1::FINDING_KIND_NOT_DECLARED;
    if (undeclared == (one.data_class() == v1::DATA_CLASS_UNSPECIFIED) ||
        !v1::DataClass_IsValid(one.data_class())) {
      return Bad(path + ".data_class", "belongs to NOT_DECLARED, and only to it");
    }
    if (one.region().code().size() != 6) return Bad(path + ".region", "not a region of 6 digits");
    CHUANYU_RETURN_IF_ERROR(CheckOfficer(one.officer_id(), path + ".officer_id"));
    const size_t characters = CountCodePoints(one.note());
    if (characters < 1 || characters > kMaxNote) return Bad(path + ".note", "not 1 to 1,000 characters");
    return absl::OkStatus();
  }

  template <typename List>
  absl::Status CheckAll(const List& list, const char* name, int most) {
    if (list.size() > most) {
      return Bad(absl::StrCat("economy.", name), absl::StrCat("more than ", most, " entries"));
    }
    for (int i = 0; i < list.size(); ++i) CHUANYU_RETURN_IF_ERROR(Check(list[i], Path(name, i)));
    return absl::OkStatus();
  }

 private:
  std::set<std::string> ids_;
  std::set<std::string> described_;
};

absl::Status CheckCurrent(const v1::CurrentDibao& current) {
  CHUANYU_RETURN_IF_ERROR(Checker::CheckFen(current.has_amount_month(), current.amount_month(),
                                            "economy.current_dibao.amount_month"));
  CHUANYU_RETURN_IF_ERROR(Checker::CheckMonth(current.from_month(), "economy.current_dibao.from_month"));
  if (!current.has_exit_from()) return absl::OkStatus();
  return Checker::CheckMonth(current.exit_from(), "economy.current_dibao.exit_from");
}

bool IsSettled(const v1::HouseholdEconomy& economy, const std::string& member_id, const std::string& region,
               v1::FindingKind kind, v1::DataClass data_class) {
  return std::any_of(economy.settlements().begin(), economy.settlements().end(),
                     [&](const v1::FindingSettlement& one) {
                       return one.member_id() == member_id && one.region().code() == region &&
                              one.kind() == kind && one.data_class() == data_class;
                     });
}

v1::FindingKind FindingOf(v1::DiscrepancyKind kind) {
  switch (kind) {
    case v1::DISCREPANCY_KIND_NOT_DECLARED:
      return v1::FINDING_KIND_NOT_DECLARED;
    case v1::DISCREPANCY_KIND_MEMBER_NOT_REGISTERED:
      return v1::FINDING_KIND_MEMBER_NOT_REGISTERED;
    case v1::DISCREPANCY_KIND_PERSON_NOT_DECLARED:
      return v1::FINDING_KIND_PERSON_NOT_DECLARED;
    default:
      return v1::FINDING_KIND_MARITAL_STATUS;
  }
}

}  // namespace

absl::Status CheckEconomy(const v1::HouseholdEconomy& economy, const v1::Household& household) {
  Checker checker(household);
  CHUANYU_RETURN_IF_ERROR(checker.CheckAll(economy.incomes(), "incomes", kMaxIncomes));
  CHUANYU_RETURN_IF_ERROR(checker.CheckAll(economy.deductions(), "deductions", kMaxDeductions));
  CHUANYU_RETURN_IF_ERROR(checker.CheckAll(economy.property(), "property", kMaxProperty));
  CHUANYU_RETURN_IF_ERROR(
      checker.CheckAll(economy.circumstances(), "circumstances", household.members_size()));
  CHUANYU_RETURN_IF_ERROR(checker.CheckAll(economy.settlements(), "settlements", kMaxSettlements));
  return economy.has_current_dibao() ? CheckCurrent(economy.current_dibao()) : absl::OkStatus();
}

void FindUndeclared(v1::Verification* verification) {
  if (!verification->has_economy()) return;
  for (const v1::MemberResult& result : verification->results()) {
    if (result.result().state() != v1::RESULT_STATE_HIT) continue;
    if (Declares(verification->economy(), result.member_id(), result.result())) continue;
    v1::Discrepancy& out = *verification->add_discrepancies();
    out.set_member_id(result.member_id());
    out.set_kind(v1::DISCREPANCY_KIND_NOT_DECLARED);
    *out.mutable_region() = result.region();
    out.set_data_class(result.result().data_class());
  }
}

int CountUnsettled(const v1::Verification& verification) {
  const v1::HouseholdEconomy& economy = verification.economy();
  int unsettled = 0;
  for (const v1::DuplicateBenefit& one : verification.duplicates()) {
    unsettled += IsSettled(economy, one.member_id(), one.region().code(), v1::FINDING_KIND_DUPLICATE_BENEFIT,
                           v1::DATA_CLASS_UNSPECIFIED)
                     ? 0
                     : 1;
  }
  for (const v1::Discrepancy& one : verification.discrepancies()) {
    if (one.kind() == v1::DISCREPANCY_KIND_DECEASED) continue;
    unsettled +=
        IsSettled(economy, one.member_id(), one.region().code(), FindingOf(one.kind()), one.data_class()) ? 0
                                                                                                          : 1;
  }
  return unsettled;
}

}  // namespace chuanyu::family_economy
