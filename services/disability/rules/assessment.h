// Whether a subsidy may be granted, from what was applied for and what was found. A finding that is missing
// or whose source is away decides nothing (domain page §8: SOURCE_UNAVAILABLE is not “not 低保”). Pure,
// thread-safe.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "common/errors/error.h"
#include "services/disability/rules/claim.h"
#include "services/disability/rules/policy.h"

namespace chuanyu::disability {

struct Assessment {
  v1::Benefit benefit = v1::BENEFIT_UNSPECIFIED;
  // Nothing: eligible. E_CERT_STATE, E_GRADE, E_CARE_NEED, E_NOT_DIBAO, E_EXCLUDED, SOURCE_UNAVAILABLE.
  std::optional<Reason> refused;
  // With E_EXCLUDED the status that excludes, with SOURCE_UNAVAILABLE the one that is not known.
  v1::Status status = v1::STATUS_UNSPECIFIED;
  int64_t fen_month = 0;  // what would be paid; 0 when refused

  // As an error that names the status.
  absl::Status ToStatus() const;
};

// CONFIG_INVALID when the region has no amount for the day. What is certain comes before what is not known.
absl::StatusOr<Assessment> Assess(v1::Benefit benefit, const Claim& claim, const v1::Findings& findings,
                                  const DisabilityPolicy& policy, Date today);

// BAD_REQUEST for findings that are none: a status twice or without source, a negative amount.
absl::Status CheckFindings(const v1::Findings& findings, Date today);

// Adds what `more` says to `into`; a status that was found before is replaced.
void MergeFindings(const v1::Findings& more, v1::Findings* into);

}  // namespace chuanyu::disability
