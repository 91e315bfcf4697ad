#include "services/child_welfare/rules/ledger.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {

Entitlement* Ledger::Open() {
  return entitlements_.empty() || entitlements_.back().to ? nullptr : &entitlements_.back();
}

absl::Status Ledger::Add(const Entitlement& added) {
  for (const Entitlement& each : entitlements_) {
    const bool before = added.to && *added.to < each.from;
    const bool after = each.to && *each.to < added.from;
    if (!before && !after) return MakeError(Reason::DUP_BENEFIT, {.field = "from_month"});
  }
  entitlements_.push_back(added);
  std::sort(entitlements_.begin(), entitlements_.end(),
            [](const Entitlement& a, const Entitlement& b) { return a.from < b.from; });
  return absl::OkStatus();
}

bool Ledger::End(Date day) {
  Entitlement* const open = Open();
  if (open == nullptr) return false;
  // Confirmed and ended in one month: no month was ever due.
  if (Month(day) < open->from)
    entitlements_.pop_back();
  else
    open->to = Month(day);
  return true;
}

absl::Status Ledger::ChangeCategory(Date day, v1::Category category) {
  const Entitlement* const open = Open();
  if (open == nullptr || open->category == category) {
    return MakeError(Reason::STATE_CONFLICT, {.field = "category"});
  }
  Entitlement next = *open;
  next.category = category;
  next.from = std::max(open->from, Month(day) + 1);
  End(day);
  return Add(next);
}

absl::Status Ledger::MoveHukou(Date day, const std::string& to_region) {
  const Entitlement* const open = Open();
  if (open == nullptr || open->region == to_region) {
    return MakeError(Reason::STATE_CONFLICT, {.field = "to_region"});
  }
  Entitlement next = *open;
  next.region = to_region;
  next.from = std::max(open->from, Month(day) + 1);
  End(day);
  return Add(next);
}

const Entitlement* Ledger::Of(Month month) const {
  const auto found = std::find_if(entitlements_.begin(), entitlements_.end(),
                                  [&](const Entitlement& each) { return each.Covers(month); });
  return found == entitlements_.end() ? nullptr : &*found;
}

}  // namespace chuanyu::child_welfare
