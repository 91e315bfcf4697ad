#include "services/exchange/link/receiver.h"

#include <utility>

#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/rpc/identity.h"
#include "common/telemetry/log.h"
#include "services/exchange/link/peer_stream.h"

namespace chuanyu::exchange {
namespace {

// A stream that is over before it began.
class Refusal final : public grpc::ServerBidiReactor<v1::LinkFrame, v1::LinkReply> {
 public:
  explicit Refusal(const absl::Status& why) { Finish(rpc::ToGrpc(why)); }
  void OnDone() override { delete this; }
};

}  // namespace

PeerService::PeerService(std::vector<std::unique_ptr<PeerLog>> peers, Cosigner cosigner, Pipeline& pipeline,
                         ReceivedSink& sink, const Clock& clock, CurrentPolicy policy, Options options)
    : peers_(std::move(peers)),
      cosigner_(std::move(cosigner)),
      pipeline_(pipeline),
      sink_(sink),
      clock_(clock),
      policy_(std::move(policy)),
      options_(std::move(options)) {}

PeerService::~PeerService() { Stop(); }

void PeerService::Start() {
  thread_ = std::thread([this] { Run(); });
}

void PeerService::Stop() {
  std::vector<std::weak_ptr<PeerStream>> streams;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    streams.swap(streams_);
    wakes_.NotifyAll();
  }
  for (const auto& weak : streams) {
    if (const auto stream = weak.lock()) stream->End(MakeError(Reason::SHUTTING_DOWN));
  }
  if (thread_.joinable()) thread_.join();
}

grpc::ServerBidiReactor<v1::LinkFrame, v1::LinkReply>* PeerService::Link(
    grpc::CallbackServerContext* context) {
  const absl::StatusOr<rpc::CallerIdentity> caller = rpc::IdentifyCaller(*context);
  if (!caller.ok()) return new Refusal(caller.status());
  if (absl::Status role = rpc::RequireRole(*caller, rpc::CallerRole::kNode); !role.ok())
    return new Refusal(role);
  PeerLog* const log = FindPeer(caller->Spiffe());
  if (log == nullptr)
    return new Refusal(MakeError(Reason::CALLER_UNKNOWN, {.detail = "not a peer of this node"}));
  auto stream = std::make_shared<PeerStream>(*this, *log);
  {
    MutexLock lock(mu_);
    if (stopping_) return new Refusal(MakeError(Reason::SHUTTING_DOWN));
    std::erase_if(streams_, [](const auto& weak) { return weak.expired(); });
    streams_.push_back(stream);
  }
  stream->Open(stream);
  return stream.get();
}

PeerLog* PeerService::FindPeer(std::string_view identity) const {
  for (const auto& peer : peers_) {
    if (peer->peer().identity == identity) return peer.get();
  }
  return nullptr;
}

uint64_t PeerService::WitnessedSize(std::string_view region) const {
  for (const auto& peer : peers_) {
    if (peer->peer().region == region) return peer->durable_size();
  }
  return 0;
}

void PeerService::Submit(std::shared_ptr<PeerStream> stream, Inbound inbound) {
  WorkGroup group;
  group.drafts = std::move(inbound.drafts);
  group.witnesses.push_back(inbound.witness);
  if (inbound.any_request) group.lease = sink_.LeaseForArrivals();
  inbound.drafts.clear();
  group.done = [this, stream = std::move(stream), inbound = std::move(inbound)](const Outcome& outcome) {
    stream->log().Settle(inbound, outcome.status.ok());
    stream->BatchSettled(outcome.status);
    if (!outcome.status.ok()) return;
    Acknowledge(stream, inbound.checkpoint);
    sink_.OnReceived(outcome.records, outcome.tracked);
  };
  pipeline_.Submit(std::move(group));
}

void PeerService::Acknowledge(std::shared_ptr<PeerStream> stream, const merkle::Checkpoint& checkpoint) {
  MutexLock lock(mu_);
  to_cosign_[std::move(stream)] = checkpoint;
  wakes_.NotifyAll();
}

void PeerService::Run() {
  while (true) {
    absl::flat_hash_map<std::shared_ptr<PeerStream>, merkle::Checkpoint> work;
    {
      MutexLock lock(mu_);
      while (to_cosign_.empty() && !stopping_) wakes_.Wait(mu_);
      if (stopping_) {
        to_cosign_.clear();
        return;
      }
      work.swap(to_cosign_);
    }
    for (const auto& [stream, checkpoint] : work) {
      absl::StatusOr<std::string> lines = cosigner_.Cosign(checkpoint, clock_.Now());
      if (lines.ok()) {
        stream->SendAck(checkpoint.head.size, *std::move(lines));
      } else {
        stream->End(lines.status());
      }
    }
  }
}

void PeerService::RecordFork(const PeerTrust& peer) {
  LogEvent(Severity::kError, "peer_misbehaved", {{"peer", peer.region}, {"reason", "LOG_FORKED"}});
  WorkGroup group;
  Draft draft;
  draft.record.set_kind(v1::RECORD_KIND_PEER_MISBEHAVED);
  draft.record.set_from_region(peer.region);
  draft.record.set_peer_origin(peer.origin);
  draft.record.set_outcome(std::string(ReasonName(Reason::LOG_FORKED)));
  draft.record.set_note("LOG_FORKED");
  group.drafts.push_back(std::move(draft));
  pipeline_.Submit(std::move(group));
}

}  // namespace chuanyu::exchange
