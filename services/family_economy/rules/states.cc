#include "services/family_economy/rules/states.h"

#include <algorithm>
#include <vector>

namespace chuanyu::family_economy {
namespace {

using S = v1::VerificationState;

// Domain page §4.2, a row an act: the states that allow it, and the state it leads to.
struct Row {
  Act act;
  std::vector<S> from;
  std::optional<S> to;  // nothing: the state stays
};

const std::vector<Row>& Table() {
  static const auto* const table = new std::vector<Row>{
      // "Requester before ANSWERED". PARTIAL comes before it: its report lacks answers.
      {Act::kCancel,
       {v1::VERIFICATION_STATE_DRAFT, v1::VERIFICATION_STATE_SUBMITTED, v1::VERIFICATION_STATE_ACCEPTED,
        v1::VERIFICATION_STATE_DISPATCHED, v1::VERIFICATION_STATE_QUERYING, v1::VERIFICATION_STATE_PARTIAL},
       v1::VERIFICATION_STATE_CANCELLED},
      // Whatever still holds what was found. ARCHIVED belongs to the archive by then; in the other final
      // states
      // nothing is left to withdraw.
      {Act::kRevoke,
       {v1::VERIFICATION_STATE_DRAFT, v1::VERIFICATION_STATE_SUBMITTED, v1::VERIFICATION_STATE_ACCEPTED,
        v1::VERIFICATION_STATE_DISPATCHED, v1::VERIFICATION_STATE_QUERYING, v1::VERIFICATION_STATE_PARTIAL,
        v1::VERIFICATION_STATE_ANSWERED, v1::VERIFICATION_STATE_REPORTED, v1::VERIFICATION_STATE_EXPIRED,
        v1::VERIFICATION_STATE_REVIEW_REQUESTED, v1::VERIFICATION_STATE_REVIEWING,
        v1::VERIFICATION_STATE_REVIEWED},
       v1::VERIFICATION_STATE_REVOKED},
      // An incomplete report is contested by asking again, too.
      {Act::kRequestReview,
       {v1::VERIFICATION_STATE_PARTIAL, v1::VERIFICATION_STATE_REPORTED},
       v1::VERIFICATION_STATE_REVIEW_REQUESTED},
      {Act::kStartReview, {v1::VERIFICATION_STATE_REVIEW_REQUESTED}, v1::VERIFICATION_STATE_REVIEWING},
      {Act::kPropose,
       {v1::VERIFICATION_STATE_PARTIAL, v1::VERIFICATION_STATE_REPORTED, v1::VERIFICATION_STATE_REVIEWED},
       std::nullopt},
      {Act::kDecide,
       {v1::VERIFICATION_STATE_PARTIAL, v1::VERIFICATION_STATE_REPORTED, v1::VERIFICATION_STATE_REVIEWED},
       std::nullopt},
      {Act::kArchive,
       {v1::VERIFICATION_STATE_PARTIAL, v1::VERIFICATION_STATE_REPORTED, v1::VERIFICATION_STATE_REVIEWED},
       v1::VERIFICATION_STATE_ARCHIVED},
      {Act::kRedispatch, {v1::VERIFICATION_STATE_EXPIRED}, v1::VERIFICATION_STATE_ACCEPTED},
      // Whatever is not over: a refusal is told after the decision.
      {Act::kRecordProcedure,
       {v1::VERIFICATION_STATE_ACCEPTED, v1::VERIFICATION_STATE_DISPATCHED, v1::VERIFICATION_STATE_QUERYING,
        v1::VERIFICATION_STATE_PARTIAL, v1::VERIFICATION_STATE_REPORTED, v1::VERIFICATION_STATE_EXPIRED,
        v1::VERIFICATION_STATE_REVIEWING, v1::VERIFICATION_STATE_REVIEWED},
       std::nullopt},
  };
  return *table;
}

}  // namespace

std::optional<v1::VerificationState> After(v1::VerificationState state, Act act) {
  for (const Row& row : Table()) {
    if (row.act != act) continue;
    if (std::find(row.from.begin(), row.from.end(), state) == row.from.end()) return std::nullopt;
    return row.to.value_or(state);
  }
  return std::nullopt;
}

bool IsPending(v1::VerificationState state) {
  return state == v1::VERIFICATION_STATE_ACCEPTED || state == v1::VERIFICATION_STATE_DISPATCHED ||
         state == v1::VERIFICATION_STATE_QUERYING || state == v1::VERIFICATION_STATE_REVIEWING;
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
  const bool waits = facts.answered != facts.queries && !facts.deadline_passed;
  if (state == v1::VERIFICATION_STATE_PARTIAL) {
    const bool complete = !waits && !facts.deadline_passed && facts.all_checked;
    return complete ? v1::VERIFICATION_STATE_REPORTED : state;
  }
  if (!IsPending(state)) return state;
  // A review ends with a new report however much of it could be checked; the report says how much.
  if (state == v1::VERIFICATION_STATE_REVIEWING) return waits ? state : v1::VERIFICATION_STATE_REVIEWED;
  if (!waits) {
    if (facts.all_checked) return v1::VERIFICATION_STATE_REPORTED;
    // Nothing at all was learnt: there is nothing to report.
    if (facts.deadline_passed && !facts.any_checked) return v1::VERIFICATION_STATE_EXPIRED;
    return v1::VERIFICATION_STATE_PARTIAL;
  }
  if (facts.partial_due && facts.any_checked) return v1::VERIFICATION_STATE_PARTIAL;
  if (facts.answered > 0) return v1::VERIFICATION_STATE_QUERYING;
  // Acknowledgements may come out of order with answers: a check never goes back.
  if (facts.submitted == facts.queries && state == v1::VERIFICATION_STATE_ACCEPTED) {
    return v1::VERIFICATION_STATE_DISPATCHED;
  }
  return state;
}

}  // namespace chuanyu::family_economy
