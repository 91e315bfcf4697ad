// How a check moves through its states, domain page §4.2. Pure, thread-safe.
#pragma once

#include <array>
#include <optional>

#include "chuanyu/family_economy/v1/verification.pb.h"

namespace chuanyu::family_economy {

// What is known about a check, without any person.
struct CaseFacts {
  int queries = 0;    // to other regions
  int submitted = 0;  // durable at the exchange node
  int answered = 0;   // answered, or refused for good
  bool deadline_passed = false;
  bool all_checked = false;  // every result is HIT or NO_HIT
  bool any_checked = false;  // some result is
  bool partial_due = false;  // slow sources have had their chance to be quick
};

// What people do to a check; everything else happens by itself (NextState).
enum class Act {
  kCancel,           // the requester withdraws it
  kRevoke,           // the family withdraws its authorisation
  kRequestReview,    // citizen or town contest the report
  kStartReview,      // the questions of the review are written down
  kPropose,          // the economy is entered, and a report with a proposal made
  kDecide,           // a named officer decides on the newest report
  kArchive,          // closed
  kRedispatch,       // an operator has everything asked again that nobody answered in time
  kRecordProcedure,  // the county enters what it has done in its own procedure
};
inline constexpr std::array kAllActs = {Act::kCancel,      Act::kRevoke,     Act::kRequestReview,
                                        Act::kStartReview, Act::kPropose,    Act::kDecide,
                                        Act::kArchive,     Act::kRedispatch, Act::kRecordProcedure};

// The state after `act`; nothing when `state` does not allow it.
std::optional<v1::VerificationState> After(v1::VerificationState state, Act act);

// The state after `state` with these facts; `state` itself when nothing follows. It may pass several at once:
// a complete check is ANSWERED and REPORTED in the same instant, because the report is made then.
v1::VerificationState NextState(v1::VerificationState state, const CaseFacts& facts);

// Answers are still awaited before there is a report. PARTIAL may wait as well, see AwaitsAnswers.
bool IsPending(v1::VerificationState state);

// States in which the report is there.
bool HasReport(v1::VerificationState state);

}  // namespace chuanyu::family_economy
