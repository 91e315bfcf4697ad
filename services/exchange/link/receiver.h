// The receiving end of the link: takes peers' batches and is their witness.
//
//   batch ─▶ PeerLog (roots, signatures, commitments, policy) ─▶ Pipeline: records and witness state in one
//   frame
//         ─▶ cosignature and acknowledgement; ─▶ ReceivedSink: requests run, answers are delivered
//
// Nothing is acknowledged before it is durable and tracked. A batch that fails a check leaves no trace but
// the record of a fork; the stream ends with the reason.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "chuanyu/exchange/v1/peer.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "common/policy/policy.h"
#include "services/exchange/link/cosigner.h"
#include "services/exchange/link/peer_log.h"
#include "services/exchange/pipeline/pipeline.h"
#include "services/exchange/pipeline/received.h"

namespace chuanyu::exchange {

class PeerStream;

class PeerService final : public v1::Peer::CallbackService {
 public:
  using CurrentPolicy = std::function<std::shared_ptr<const policy::Policy>()>;

  struct Options {
    std::string own_region;
    size_t max_on_their_way = 16;  // batches of one stream; then its peer waits
  };

  PeerService(std::vector<std::unique_ptr<PeerLog>> peers, Cosigner cosigner, Pipeline& pipeline,
              ReceivedSink& sink, const Clock& clock, CurrentPolicy policy, Options options);
  ~PeerService() override;

  // Starts the thread that cosigns.
  void Start();
  // Ends the open streams and the thread. Before rpc::Server::Shutdown of the peers' server; what is on its
  // way to the disk is still written by the pipeline.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

  grpc::ServerBidiReactor<v1::LinkFrame, v1::LinkReply>* Link(grpc::CallbackServerContext* context) override
      ABSL_LOCKS_EXCLUDED(mu_);

  // Of the log of the peer in `region`.
  uint64_t WitnessedSize(std::string_view region) const;

 private:
  friend class PeerStream;

  PeerLog* FindPeer(std::string_view identity) const;
  void Submit(std::shared_ptr<PeerStream> stream, Inbound inbound);
  void Acknowledge(std::shared_ptr<PeerStream> stream, const merkle::Checkpoint& checkpoint)
      ABSL_LOCKS_EXCLUDED(mu_);
  void RecordFork(const PeerTrust& peer);
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

  const std::vector<std::unique_ptr<PeerLog>> peers_;
  const Cosigner cosigner_;
  Pipeline& pipeline_;
  ReceivedSink& sink_;
  const Clock& clock_;
  const CurrentPolicy policy_;
  const Options options_;

  Mutex mu_;
  CondVar wakes_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::weak_ptr<PeerStream>> streams_ ABSL_GUARDED_BY(mu_);
  // The newest durable checkpoint of each stream that waits for its cosignature: acknowledgements are
  // cumulative, so a busy link pays one pair of signatures for many batches.
  absl::flat_hash_map<std::shared_ptr<PeerStream>, merkle::Checkpoint> to_cosign_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

}  // namespace chuanyu::exchange
