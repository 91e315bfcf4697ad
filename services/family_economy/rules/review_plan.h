// How often a family that was granted assistance is looked at again: the facts that rules/review_schedule.h
// needs, as far as declaration and results tell them. What is not known is taken for the stricter and said
// (Verification.review_unknowns). Pure, thread-safe.
#pragma once

#include <set>

#include "chuanyu/family_economy/v1/verification.pb.h"
#include "services/family_economy/rules/application.h"
#include "services/family_economy/rules/assessment_policy.h"
#include "services/family_economy/rules/review_schedule.h"

namespace chuanyu::family_economy {

struct ReviewBasis {
  ReviewFacts facts;
  std::set<v1::ReviewUnknown> unknown;
};

// Of a check whose household is there. A member who counts, is of working age, in full capacity, neither
// severely ill or disabled nor in education, and neither has employed_since nor earnings in the policy's
// window is out of work; so is whom class A04 shows as drawing unemployment insurance (失业保险). Stable is
// what was declared stable, unless a finding that nobody has settled or a life event speaks against it.
ReviewBasis ReviewBasisOf(const v1::Verification& check, Date day, const PolicyPeriod& period,
                          const RuleContext& context);

// Sets review_tier, next_review_date and review_unknowns of a check whose newest decision has just granted
// assistance, by the policy in force today; without such a decision nothing. Reviews are counted from the day
// of the first grant that this check holds. `policy` may be null.
void PlanReview(const AssessmentPolicy* policy, const RuleContext& context, v1::Verification* check);

}  // namespace chuanyu::family_economy
