// What the rules say of two parents and a child on a day. The machine proposes; a named officer decides (PIPL
// §24). Domain page §5.1, §5.2. Pure, thread-safe.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/calendar/age.h"
#include "common/calendar/date.h"
#include "common/calendar/month.h"
#include "common/errors/error.h"
#include "services/child_welfare/rules/policy.h"

namespace chuanyu::child_welfare {

struct Evidence {
  v1::EvidenceKind kind = v1::EVIDENCE_KIND_UNSPECIFIED;
  Date date;
};

struct ParentFact {
  v1::ParentCondition condition = v1::PARENT_CONDITION_UNSPECIFIED;
  std::optional<Date> since;
  std::optional<Date> until;
  std::optional<Evidence> evidence;  // of the paper; nothing when it was checked in a register
};

// Father, then mother. Complete and without contradiction: only CheckParents makes one.
class Parents {
 public:
  const std::array<ParentFact, 2>& facts() const { return facts_; }

 private:
  friend absl::StatusOr<Parents> CheckParents(const std::vector<v1::ParentFact>& stated, const PolicyDay& day,
                                              Date today);
  explicit Parents(const std::array<ParentFact, 2>& facts) : facts_(facts) {}
  std::array<ParentFact, 2> facts_;
};

// Reads what is stated. Errors name the field below "parents": B_PARENT_INCOMPLETE unless there is one fact
// of each parent with all that its condition asks for; B_EVIDENCE_CONFLICT when days contradict each other or
// the paper does not prove the condition; DATE_INVALID, CODE_UNKNOWN.
absl::StatusOr<Parents> CheckParents(const std::vector<v1::ParentFact>& stated, const PolicyDay& day,
                                     Date today);

// A condition that has not lasted long enough, or was decided for too short a time.
struct ShortTerm {
  int parent = 0;                     // 0 father, 1 mother
  std::optional<Date> eligible_from;  // the first day on which it counts; nothing: never, by this decision
};

struct Assessment {
  v1::TableResult result = v1::TABLE_RESULT_UNSPECIFIED;
  std::vector<ShortTerm> short_terms;
  // The first day on which every condition counts; nothing when one never will, or when no category follows.
  std::optional<Date> earliest_eligible;
  // The last day on which every condition still holds, as decided; nothing when none of them has an end.
  std::optional<Date> until;
};

// The pair by the table, and since when and until when it counts. A condition whose last day is before
// `today` is over and counts as NONE.
Assessment AssessParents(const Parents& parents, const PolicyDay& day, Date today);

// The last day before the birthday on which the child is an adult.
Date LastDayAsChild(Date birth, const AgeRules& rules, const AgeRule& counting = {});

// Whether the region lets somebody go on as an adult who goes to such a school.
bool MayStudyOn(v1::Category category, v1::StudyStage stage, const AgeRules& rules);

// Whether somebody with the status may keep it on `today`: as a child, or by the region's rule for those who
// are still at school.
bool MayContinue(Date birth, v1::Category category, v1::StudyStage stage, const AgeRules& rules, Date today,
                 const AgeRule& counting = {});

// What a county may decide today. The category; or B_AGE (an adult cannot be determined anew),
// B_TERM_TOO_SHORT naming "parents[0]" or "parents[1]", B_NOT_ELIGIBLE. `manual` is what the officer decided
// where the table says MANUAL; without it, STATE_CONFLICT.
absl::StatusOr<v1::Category> Decide(const Assessment& assessment, Date birth, const AgeRules& rules,
                                    Date today, v1::Category manual);

// First month paid: the one after confirmation (民发〔2019〕62号).
Month FirstMonth(Date confirmed);

}  // namespace chuanyu::child_welfare
