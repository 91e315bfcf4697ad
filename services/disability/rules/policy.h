// What a region's policy says on a day: who may have which subsidy, what excludes it, and how much it is.
// Two files: the rules (deploy/policy/disability/<region>.toml, each entry with its source) and the amounts
// (a file of the operator: a region's standards change each year, and none is shipped). Immutable once
// loaded, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/disability/v1/facts.pb.h"
#include "common/config/config.h"
#include "common/policy/period.h"
#include "services/disability/rules/certificate.h"

namespace chuanyu::disability {

// What a status does to a subsidy.
enum class Effect {
  kNone,        // no subsidy
  kHigherOnly,  // 只享受一项, the higher one
  kTopUp,       // only what the other allowance lacks (补差)
};

struct Exclusion {
  v1::Status status = v1::STATUS_UNSPECIFIED;
  std::set<v1::Benefit> benefits;
  Effect effect = Effect::kNone;
};

// Disabilities that count as severe.
struct CareRule {
  std::set<v1::DisabilityType> types;
  std::set<int> grades;
};

// All that holds on one day.
struct PolicyDay {
  std::set<v1::Status> life_families;  // DIBAO, and LOW_INCOME where the region extends it
  std::vector<CareRule> care;
  int care_months = 0;  // of extra cost for long-term care
  std::vector<Exclusion> exclusions;

  // The disability for which CARE is paid, the heaviest that counts; nothing when none does.
  std::optional<Disability> CareFor(const Certificate& certificate) const;
};

class DisabilityPolicy {
 public:
  // CONFIG_INVALID, naming file, line and key. `standards_file` is the one with the amounts.
  static absl::StatusOr<DisabilityPolicy> Load(const std::string& folder, const std::string& region,
                                               const std::string& standards_file);
  static absl::StatusOr<DisabilityPolicy> Parse(const std::string& rules_toml,
                                                const std::string& standards_toml);

  // CONFIG_INVALID for a day that no period covers.
  absl::StatusOr<PolicyDay> On(Date day) const;
  // A month, in fen. CONFIG_INVALID when no standard covers the day and grade: never a guess.
  absl::StatusOr<int64_t> FenOn(Date day, v1::Benefit benefit, int grade) const;
  // "500000 2026-11-26, standards 2026".
  const std::string& version() const { return version_; }

 private:
  friend class DisabilityPolicyReader;
  struct Period {
    DateSpan in_force;
    PolicyDay day;
  };
  struct Standard {
    DateSpan in_force;
    v1::Benefit benefit = v1::BENEFIT_UNSPECIFIED;
    std::set<int> grades;
    int64_t fen_month = 0;
  };
  std::string version_;
  std::vector<Period> periods_;
  std::vector<Standard> standards_;
};

}  // namespace chuanyu::disability
