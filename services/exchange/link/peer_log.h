// What we hold of one peer's log while its batches come in: the frontier of what was handed to the pipeline,
// and what of that is durable. Thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/policy/policy.h"
#include "services/exchange/link/inbound.h"
#include "services/exchange/link/trust.h"

namespace chuanyu::exchange {

class PeerLog {
 public:
  // `witness` is what the journal holds of this log; an empty frontier at the very first start.
  // `evidence_file` keeps the proof of a fork; while it exists, nothing of this peer is taken.
  PeerLog(PeerTrust peer, WitnessState witness, std::string evidence_file);

  const PeerTrust& peer() const { return peer_; }
  uint64_t durable_size() const ABSL_LOCKS_EXCLUDED(mu_);

  // A stream of the peer begins: what it must continue from. PEER_UNAVAILABLE while batches of an earlier
  // stream are on their way to the disk (the peer tries again), LOG_FORKED while the evidence of a fork lies
  // there.
  absl::StatusOr<WitnessState> Begin(uint64_t* stream) ABSL_LOCKS_EXCLUDED(mu_);

  // Checks the next batch of `stream`, the newest one (STALE_VERSION for others), and counts it as on its
  // way. LOG_FORKED also writes the evidence.
  absl::StatusOr<Inbound> Take(uint64_t stream, const v1::LinkBatch& batch, std::string_view own_region,
                               const policy::Policy& policy) ABSL_LOCKS_EXCLUDED(mu_);
  // The oldest batch on its way is durable, or was refused: then everything behind it is refused, too.
  void Settle(const Inbound& inbound, bool durable) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Status KeepEvidence(const v1::LinkBatch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const PeerTrust peer_;
  const std::string evidence_file_;
  mutable Mutex mu_;
  WitnessState durable_ ABSL_GUARDED_BY(mu_);
  merkle::Frontier taken_ ABSL_GUARDED_BY(mu_);
  uint64_t on_their_way_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t newest_stream_ ABSL_GUARDED_BY(mu_) = 0;
  bool forked_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace chuanyu::exchange
