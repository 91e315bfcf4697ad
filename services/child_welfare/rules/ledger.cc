#include "services/child_welfare/rules/ledger.h"

#include <algorithm>

#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

bool GoesOn(const Entitlement& earlier, const Entitlement& later) {
  return earlier.to && *earlier.to + 1 == later.from && earlier.category == later.category &&
         earlier.fen_month == later.fen_month;
}

}  // namespace

absl::Status Ledger::Add(const Entitlement& added) {
  for (const Entitlement& each : entitlements_) {
    const bool before = added.to && *added.to < each.from;
    const bool after = each.to && *each.to < added.from;
    if (!before && !after) return MakeError(Reason::DUP_BENEFIT, {.field = "from_month"});
  }
  const auto at = std::find_if(entitlements_.begin(), entitlements_.end(),
                               [&](const Entitlement& each) { return added.from < each.from; });
  if (at != entitlements_.begin() && GoesOn(*(at - 1), added)) {
    (at - 1)->to = added.to;
  } else {
    entitlements_.insert(at, added);
  }
  return absl::OkStatus();
}

bool Ledger::EndAfter(Month last) {
  bool changed = false;
  while (!entitlements_.empty() && last < entitlements_.back().from) {
    entitlements_.pop_back();
    changed = true;
  }
  if (entitlements_.empty()) return changed;
  Entitlement& open = entitlements_.back();
  if (open.to && *open.to <= last) return changed;
  open.to = last;
  return true;
}

const Entitlement* Ledger::Of(Month month) const {
  const auto found = std::find_if(entitlements_.begin(), entitlements_.end(),
                                  [&](const Entitlement& each) { return each.Covers(month); });
  return found == entitlements_.end() ? nullptr : &*found;
}

}  // namespace chuanyu::child_welfare
