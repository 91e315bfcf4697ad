// One batch of a peer's log: is it a continuation of what we know, and what of it concerns us? Pure: whoever
// calls this persists the result before anything is done with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "chuanyu/exchange/v1/peer.pb.h"
#include "common/merkle/checkpoint.h"
#include "common/policy/policy.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/link/trust.h"

namespace chuanyu::exchange {

struct Inbound {
  WitnessState witness;           // the peer's log with this batch
  merkle::Checkpoint checkpoint;  // of that size, its signatures verified
  std::vector<Draft> drafts;      // what stands in our log of it, in order
  bool any_request = false;       // a request to run is among them
};

// One comparison of roots proves that every leaf is in the peer's log and that the log only grew. Errors:
// BAD_REQUEST (does not continue at the size we know, no checkpoint, malformed leaf), SIG_INVALID, LOG_FORKED
// (validly signed, and not an extension of what we know), COMMITMENT_MISMATCH (a payload that is not the one
// its record commits to). Nothing of the batch may be used then.
absl::StatusOr<Inbound> CheckBatch(const v1::LinkBatch& batch, const PeerTrust& peer,
                                   const merkle::Frontier& known, std::string_view own_region,
                                   const policy::Policy& policy);

}  // namespace chuanyu::exchange
