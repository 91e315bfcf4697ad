#include "services/child_welfare/rules/top_up.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

constexpr size_t kMaxSource = 200;

absl::Status CheckStatement(const v1::OtherBenefit& stated, const std::string& field) {
  const auto bad = [&](const char* name, const char* detail) {
    return MakeError(Reason::BAD_REQUEST, {.field = field + name, .detail = detail});
  };
  if (stated.kind() == v1::OTHER_BENEFIT_KIND_UNSPECIFIED || !v1::OtherBenefitKind_IsValid(stated.kind())) {
    return bad(".kind", "missing or unknown");
  }
  if (!stated.has_fen_month() || stated.fen_month().amount() < 0 || stated.fen_month().amount() > kMaxFen) {
    return bad(".fen_month", "missing, negative or too much");
  }
  if (stated.source().empty() || stated.source().size() > kMaxSource) {
    return bad(".source", "missing or too long");
  }
  return absl::OkStatus();
}

// Of a statement that was read.
std::pair<std::string, int> KeyOf(const v1::OtherBenefit& stated) {
  return {stated.from_month().value(), stated.kind()};
}

}  // namespace

absl::StatusOr<StatedBenefits> ReadOtherBenefits(const StatedBenefits& stated, std::optional<Month> from) {
  StatedBenefits out = stated;
  std::set<std::pair<std::string, int>> seen;
  for (int at = 0; at < out.size(); ++at) {
    v1::OtherBenefit& each = *out.Mutable(at);
    const std::string field = absl::StrCat("other_benefits[", at, "]");
    CHUANYU_RETURN_IF_ERROR(CheckStatement(each, field));
    if (!each.has_from_month()) {
      if (!from) return MakeError(Reason::BAD_REQUEST, {.field = field + ".from_month"});
      each.mutable_from_month()->set_value(FormatMonth(*from));
    }
    CHUANYU_RETURN_IF_ERROR(ParseMonth(each.from_month().value(), field + ".from_month").status());
    if (!seen.insert(KeyOf(each)).second) {
      return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = "is stated twice"});
    }
  }
  return out;
}

void StateOtherBenefits(const StatedBenefits& more, v1::Determination* determination) {
  std::map<std::pair<std::string, int>, v1::OtherBenefit> stated;
  for (const v1::OtherBenefit& each : determination->other_benefits()) stated[KeyOf(each)] = each;
  for (const v1::OtherBenefit& each : more) stated[KeyOf(each)] = each;
  determination->clear_other_benefits();
  for (auto& [key, each] : stated) *determination->add_other_benefits() = std::move(each);
}

MonthAmount AmountOf(const Entitlement& due, Month month, const StatedBenefits& others,
                     const TopUpRules& rules) {
  MonthAmount out{.fen = due.fen_month};
  const auto counted = rules.find(due.category);
  if (!due.fen_month || counted == rules.end()) return out;
  const std::string of_month = FormatMonth(month);
  // Of each kind what was stated last: they are in order of months, which sort as text does.
  std::map<v1::OtherBenefitKind, int64_t> paid;
  for (const v1::OtherBenefit& each : others) {
    if (each.from_month().value() > of_month || !counted->second.contains(each.kind())) continue;
    paid[each.kind()] = each.fen_month().amount();
  }
  int64_t sum = 0;
  for (const auto& [kind, fen] : paid) sum += fen;
  out.deducted = std::min(sum, *due.fen_month);
  out.fen = *due.fen_month - out.deducted;
  return out;
}

}  // namespace chuanyu::child_welfare
