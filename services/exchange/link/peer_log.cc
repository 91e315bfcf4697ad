#include "services/exchange/link/peer_log.h"

#include <filesystem>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {

PeerLog::PeerLog(PeerTrust peer, WitnessState witness, std::string evidence_file)
    : peer_(std::move(peer)),
      evidence_file_(std::move(evidence_file)),
      durable_(std::move(witness)),
      taken_(durable_.frontier),
      forked_(std::filesystem::exists(evidence_file_)) {}

uint64_t PeerLog::durable_size() const {
  MutexLock lock(mu_);
  return durable_.frontier.size();
}

absl::StatusOr<WitnessState> PeerLog::Begin(uint64_t* stream) {
  MutexLock lock(mu_);
  if (forked_) return MakeError(Reason::LOG_FORKED);
  if (on_their_way_ > 0)
    return MakeError(Reason::PEER_UNAVAILABLE, {.detail = "an earlier stream is being written"});
  taken_ = durable_.frontier;
  *stream = ++newest_stream_;
  return durable_;
}

absl::StatusOr<Inbound> PeerLog::Take(uint64_t stream, const v1::LinkBatch& batch,
                                      std::string_view own_region, const policy::Policy& policy) {
  MutexLock lock(mu_);
  if (stream != newest_stream_)
    return MakeError(Reason::STALE_VERSION, {.detail = "a newer stream has begun"});
  absl::StatusOr<Inbound> inbound = CheckBatch(batch, peer_, taken_, own_region, policy);
  if (HasReason(inbound.status(), Reason::LOG_FORKED)) {
    forked_ = true;
    CHUANYU_RETURN_IF_ERROR(KeepEvidence(batch));
  }
  CHUANYU_RETURN_IF_ERROR(inbound.status());
  taken_ = inbound->witness.frontier;
  ++on_their_way_;
  return inbound;
}

void PeerLog::Settle(const Inbound& inbound, bool durable) {
  MutexLock lock(mu_);
  --on_their_way_;
  if (durable) {
    durable_ = inbound.witness;
    return;
  }
  // What follows would leave a gap: the stream starts again from what is durable.
  ++newest_stream_;
}

// Two notes by the same keys that cannot both be true: whoever reads the file can check that alone.
absl::Status PeerLog::KeepEvidence(const v1::LinkBatch& batch) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(evidence_file_).parent_path(), ignored);
  return WriteFileDurably(evidence_file_, durable_.note + "\n" + batch.checkpoint());
}

}  // namespace chuanyu::exchange
