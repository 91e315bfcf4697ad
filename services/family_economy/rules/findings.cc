#include "services/family_economy/rules/findings.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "common/errors/error.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/economy.h"
#include "services/family_economy/rules/life_events.h"
#include "services/family_economy/rules/registered.h"

namespace chuanyu::family_economy {
namespace {

struct Exclusion {
  std::string_view purpose;
  std::vector<v1::AssistanceType> excluded_by;
};

// Domain page §4.4: one person is in at most one active 低保 or 特困 across regions. The lesser kinds are for
// those who have none of the greater; 临时救助 excludes nothing.
const std::vector<Exclusion>& Exclusions() {
  constexpr auto kUrban = v1::ASSISTANCE_TYPE_DIBAO_URBAN;
  constexpr auto kRural = v1::ASSISTANCE_TYPE_DIBAO_RURAL;
  constexpr auto kTekun = v1::ASSISTANCE_TYPE_TEKUN;
  constexpr auto kBianyuan = v1::ASSISTANCE_TYPE_BIANYUAN;
  constexpr auto kGangxing = v1::ASSISTANCE_TYPE_GANGXING;
  static const auto* const table = new std::vector<Exclusion>{
      {"P-DIBAO", {kUrban, kRural, kTekun}},
      {"P-TEKUN", {kUrban, kRural, kTekun}},
      {"P-BIANYUAN", {kUrban, kRural, kTekun, kBianyuan}},
      {"P-GANGXING", {kUrban, kRural, kTekun, kBianyuan, kGangxing}},
      {"P-LINSHI", {}},
      {"P-RECHECK", {kUrban, kRural, kTekun}},
      {"P-MONITOR", {kUrban, kRural, kTekun}},
      {"P-REVIEW", {kUrban, kRural, kTekun}},
  };
  return *table;
}

bool Excludes(std::string_view purpose, v1::AssistanceType paid) {
  for (const Exclusion& row : Exclusions()) {
    if (row.purpose != purpose) continue;
    return std::find(row.excluded_by.begin(), row.excluded_by.end(), paid) != row.excluded_by.end();
  }
  return false;
}

bool LooksAtWhatIsPaid(v1::VerificationType type) {
  return type == v1::VERIFICATION_TYPE_RECHECK || type == v1::VERIFICATION_TYPE_MONITOR ||
         type == v1::VERIFICATION_TYPE_REVIEW;
}

void AddDuplicate(const v1::MemberResult& result, const v1::Assistance& paid,
                  v1::Verification* verification) {
  v1::DuplicateBenefit& out = *verification->add_duplicates();
  out.set_member_id(result.member_id());
  *out.mutable_region() = result.region();
  out.set_type(paid.type());
  if (paid.has_from_month()) *out.mutable_from_month() = paid.from_month();
  out.set_reason(std::string(ReasonName(Reason::DUP_BENEFIT)));
}

v1::Discrepancy& AddDiscrepancy(const v1::MemberResult& result, v1::DiscrepancyKind kind,
                                v1::Verification* verification) {
  v1::Discrepancy& out = *verification->add_discrepancies();
  out.set_member_id(result.member_id());
  out.set_kind(kind);
  *out.mutable_region() = result.region();
  return out;
}

std::string DeclaredMaritalCode(const v1::Household& household, const std::string& member_id) {
  for (const v1::Member& member : household.members()) {
    if (member.member_id() == member_id) return member.declared_marital_code();
  }
  return "";
}

void CompareMaritalStatus(const v1::MemberResult& result, const v1::MaritalStatus& found,
                          v1::Verification* verification) {
  const std::string declared = DeclaredMaritalCode(verification->household(), result.member_id());
  // 90 未说明 declares nothing and registers nothing.
  if (declared.empty() || declared == "90" || !found.has_marital_code() || found.marital_code() == "90")
    return;
  if (SameMaritalStatus(declared, found.marital_code())) return;
  v1::Discrepancy& out = AddDiscrepancy(result, v1::DISCREPANCY_KIND_MARITAL_STATUS, verification);
  out.set_declared_code(declared);
  out.set_found_code(found.marital_code());
}

// What a register of the same region says already is not said again.
void AddReportedDeath(const v1::MemberLifeEvent& event, v1::Verification* verification) {
  if (!IsDeath(event) || event.withdrawn()) return;
  const auto& known = verification->discrepancies();
  const bool said = std::any_of(known.begin(), known.end(), [&](const v1::Discrepancy& one) {
    return one.kind() == v1::DISCREPANCY_KIND_DECEASED && one.member_id() == event.member_id() &&
           one.region().code() == event.region().code();
  });
  if (said) return;
  v1::Discrepancy& out = *verification->add_discrepancies();
  out.set_member_id(event.member_id());
  out.set_kind(v1::DISCREPANCY_KIND_DECEASED);
  *out.mutable_region() = event.region();
}

void Examine(const std::string& own_region, const v1::MemberResult& result, v1::Verification* verification) {
  if (result.result().state() != v1::RESULT_STATE_HIT) return;
  const bool own = result.region().code() == own_region;
  if (result.result().data_class() == v1::DATA_CLASS_A03_DEATH) {
    AddDiscrepancy(result, v1::DISCREPANCY_KIND_DECEASED, verification);
    return;
  }
  for (const v1::ClassItem& item : result.result().items()) {
    if (item.has_marital_status()) CompareMaritalStatus(result, item.marital_status(), verification);
    if (!item.has_assistance() || (own && LooksAtWhatIsPaid(verification->type()))) continue;
    if (Excludes(verification->assist_type(), item.assistance().type())) {
      AddDuplicate(result, item.assistance(), verification);
    }
  }
}

}  // namespace

void FindDuplicatesAndDiscrepancies(const std::string& own_region, v1::Verification* verification) {
  verification->clear_duplicates();
  verification->clear_discrepancies();
  for (const v1::MemberResult& result : verification->results()) Examine(own_region, result, verification);
  for (const v1::MemberLifeEvent& event : verification->life_events()) AddReportedDeath(event, verification);
  CompareWithRegister(verification);
  FindUndeclared(verification);
}

}  // namespace chuanyu::family_economy
