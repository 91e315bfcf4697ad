// What is paid for a month when another benefit is paid beside the allowance: only what that lacks to the
// standard (补差). 民发〔2019〕62号, domain page §5.4; which benefits are deducted from which category is
// policy data. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/application.pb.h"
#include "common/calendar/month.h"
#include "services/child_welfare/rules/ledger.h"
#include "services/child_welfare/rules/policy.h"

namespace chuanyu::child_welfare {

using StatedBenefits = google::protobuf::RepeatedPtrField<v1::OtherBenefit>;

// Reads statements; one without a month holds from `from`. BAD_REQUEST, naming the field, for a kind that is
// unknown or stated twice for a month, without a month where there is no `from`, an amount that is missing,
// negative or above any allowance, or without a source; DATE_INVALID.
absl::StatusOr<StatedBenefits> ReadOtherBenefits(const StatedBenefits& stated, std::optional<Month> from);

// Adds what ReadOtherBenefits gave to a determination; one of a kind and month replaces what was stated.
void StateOtherBenefits(const StatedBenefits& more, v1::Determination* determination);

struct MonthAmount {
  std::optional<int64_t> fen;  // nothing when no standard is known
  int64_t deducted = 0;        // of the standard
};

// Of a month of `due`: its standard, less what the statements in force in that month say, never below 0.
MonthAmount AmountOf(const Entitlement& due, Month month, const StatedBenefits& others,
                     const TopUpRules& rules);

}  // namespace chuanyu::child_welfare
