// The policy of child-status determinations on a day: decision table, terms, proofs, age, payments. A
// national file says everything; the file of a region replaces what that region decided otherwise (domain
// page §5.2). Both are dated, and a day that no national period covers is an error. Immutable once loaded,
// thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/child_welfare/v1/application.pb.h"
#include "common/calendar/date.h"
#include "common/config/config.h"
#include "common/policy/period.h"
#include "services/child_welfare/rules/codes.h"

namespace chuanyu::child_welfare {

// A hundred thousand yuan a month: far above anything real.
inline constexpr int64_t kMaxFen = 10'000'000;

// Father × mother, unordered. Every pair of the twelve conditions has exactly one result: the loader refuses
// a table with a gap or with two rows for one pair.
class DecisionTable {
 public:
  v1::TableResult Of(v1::ParentCondition one, v1::ParentCondition other) const;
  // CONFIG_INVALID when the pair has a result already.
  absl::Status Add(const Config& row, v1::ParentCondition one, v1::ParentCondition other,
                   v1::TableResult result);
  // The first pair without result, as "DM".
  std::optional<std::string> Missing() const;

 private:
  static size_t At(v1::ParentCondition one, v1::ParentCondition other);
  std::array<v1::TableResult, 13 * 13> results_ = {};
};

// How long a condition must last before it counts.
struct TermRule {
  enum class Counted {
    kDecided,  // from first to last day, as decided: 服刑, 戒毒, 其他限制
    kElapsed,  // since the first day, until today: 失联
  };
  int months = 0;
  Counted counted = Counted::kDecided;
};

// Who may go on after the birthday on which a child becomes an adult.
struct StudyRule {
  std::set<v1::Category> categories;
  std::set<v1::StudyStage> stages;
  std::string source;
};

struct AgeRules {
  int adult_at = 0;  // 18
  // Nothing: nobody goes on.
  std::optional<StudyRule> studying;
  std::string source;
};

// Benefits that are deducted from the standard of a category: only the rest is paid (补差).
using TopUpRules = std::map<v1::Category, std::set<v1::OtherBenefitKind>>;

// All that holds on one day.
struct PolicyDay {
  DecisionTable table;
  std::map<v1::ParentCondition, TermRule> terms;
  // Kinds of papers that prove a condition.
  std::map<v1::ParentCondition, std::set<v1::EvidenceKind>> proofs;
  // E counts only beside D or M (Guangdong) and leads to NOT_ELIGIBLE beside anything else.
  bool deported_only_with_dead_or_missing = false;
  AgeRules age;
  int evidence_reusable_months = 0;           // when 户籍 moves
  std::map<v1::CareType, int64_t> fen_month;  // what is paid; empty: no standard is known
  TopUpRules top_up;
  // By the table and the parameter above.
  v1::TableResult ResultFor(v1::ParentCondition one, v1::ParentCondition other) const;
};

class ChildPolicy {
 public:
  // Reads national.toml and, when there is one, <region>.toml in `folder`. CONFIG_INVALID, naming file, line
  // and key.
  static absl::StatusOr<ChildPolicy> Load(const std::string& folder, const std::string& region);
  // The same from texts; an empty `region_toml` means that there is none.
  static absl::StatusOr<ChildPolicy> Parse(const std::string& national_toml, const std::string& region_toml);

  // CONFIG_INVALID for a day that no period covers.
  absl::StatusOr<PolicyDay> On(Date day) const;
  // "national 2026-11-25, 500000 2026-11-25".
  const std::string& version() const { return version_; }

 private:
  friend class ChildPolicyReader;
  struct Period {
    DateSpan in_force;
    PolicyDay day;
  };
  // What a region decided otherwise; each part or nothing.
  struct Difference {
    DateSpan in_force;
    std::optional<bool> deported_only_with_dead_or_missing;
    std::optional<AgeRules> age;
    std::map<v1::CareType, int64_t> fen_month;
    std::optional<TopUpRules> top_up;
  };
  std::string version_;
  std::vector<Period> periods_;
  std::vector<Difference> differences_;
};

}  // namespace chuanyu::child_welfare
