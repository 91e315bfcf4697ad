#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {

bool IsPending(v1::VerificationState state) {
  return state == v1::VERIFICATION_STATE_ACCEPTED || state == v1::VERIFICATION_STATE_DISPATCHED ||
         state == v1::VERIFICATION_STATE_QUERYING;
}

bool HasReport(v1::VerificationState state) {
  switch (state) {
    case v1::VERIFICATION_STATE_PARTIAL:
    case v1::VERIFICATION_STATE_REPORTED:
    case v1::VERIFICATION_STATE_ARCHIVED:
    case v1::VERIFICATION_STATE_REVIEW_REQUESTED:
    case v1::VERIFICATION_STATE_REVIEWING:
    case v1::VERIFICATION_STATE_REVIEWED:
      return true;
    default:
      return false;
  }
}

v1::VerificationState NextState(v1::VerificationState state, const CaseFacts& facts) {
  if (!IsPending(state)) return state;
  if (facts.answered == facts.queries || facts.deadline_passed) {
    if (facts.all_checked) return v1::VERIFICATION_STATE_REPORTED;
    // Nothing at all was learnt: there is nothing to report.
    if (facts.deadline_passed && !facts.any_checked) return v1::VERIFICATION_STATE_EXPIRED;
    return v1::VERIFICATION_STATE_PARTIAL;
  }
  if (facts.answered > 0) return v1::VERIFICATION_STATE_QUERYING;
  // Acknowledgements may come out of order with answers: a check never goes back.
  if (facts.submitted == facts.queries && state == v1::VERIFICATION_STATE_ACCEPTED) {
    return v1::VERIFICATION_STATE_DISPATCHED;
  }
  return state;
}

}  // namespace chuanyu::family_economy
