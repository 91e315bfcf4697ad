// Months for which a region pays a child: never two categories in one month. Domain page §5.3, §5.4. Pure,
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "common/calendar/month.h"
#include "services/child_welfare/rules/codes.h"

namespace chuanyu::child_welfare {

// One category from a month to a month, both included; without `to` it goes on.
struct Entitlement {
  v1::Category category = v1::CATEGORY_UNSPECIFIED;
  std::optional<int64_t> fen_month = std::nullopt;  // nothing when no standard is known
  Month from;
  std::optional<Month> to = std::nullopt;

  bool Covers(Month month) const { return from <= month && (!to || month <= *to); }
  friend bool operator==(const Entitlement&, const Entitlement&) = default;
};

// In order of months, apart from each other.
class Ledger {
 public:
  // DUP_BENEFIT when a month has an entitlement already: ORPHAN xor DEFACTO. One that goes on where an equal
  // one ended is one with it.
  absl::Status Add(const Entitlement& entitlement);
  // No month after `last` is due; what would have begun later is taken out. False when none was due anyhow.
  bool EndAfter(Month last);
  // The entitlement of a month; nullptr when there is none.
  const Entitlement* Of(Month month) const;
  const std::vector<Entitlement>& entitlements() const { return entitlements_; }

 private:
  std::vector<Entitlement> entitlements_;
};

}  // namespace chuanyu::child_welfare
