// Months for which a child is paid: never two categories in one month, never two payers, and no month lost
// when the 户籍 moves. Domain page §5.3, §5.4. Pure, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/calendar/date.h"
#include "common/calendar/month.h"
#include "services/child_welfare/rules/codes.h"

namespace chuanyu::child_welfare {

// One category at one payer, from a month to a month, both included; without `to` it goes on.
struct Entitlement {
  v1::Category category = v1::CATEGORY_UNSPECIFIED;
  std::string region;  // who pays, 6 digits
  Month from;
  std::optional<Month> to;

  bool Covers(Month month) const { return from <= month && (!to || month <= *to); }
  friend bool operator==(const Entitlement&, const Entitlement&) = default;
};

// All of one child in order of months. Add and the acts below keep them apart.
class Ledger {
 public:
  // DUP_BENEFIT when a month has an entitlement already.
  absl::Status Add(const Entitlement& entitlement);
  // What ends on `day` (release, contact restored, adoption, majority, death) is paid to the end of that
  // month: the end takes effect in the next one. What has not begun by then is taken out. False when nothing
  // was open.
  bool End(Date day);
  // Another category from the month after `day`: ORPHAN xor DEFACTO. STATE_CONFLICT when nothing is open on
  // it.
  absl::Status ChangeCategory(Date day, v1::Category category);
  // 户籍 moves on `day`: the old side pays that month, the new side the next one. STATE_CONFLICT when nothing
  // is open or the payer is the same.
  absl::Status MoveHukou(Date day, const std::string& to_region);
  // The entitlement of a month; nullptr when there is none.
  const Entitlement* Of(Month month) const;
  const std::vector<Entitlement>& entitlements() const { return entitlements_; }

 private:
  Entitlement* Open();

  std::vector<Entitlement> entitlements_;
};

}  // namespace chuanyu::child_welfare
