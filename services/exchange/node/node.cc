#include "services/exchange/node/node.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/channel.h"
#include "common/telemetry/log.h"
#include "services/exchange/link/addressing.h"
#include "services/exchange/link/witness_guard.h"
#include "services/exchange/node/keys.h"
#include "services/exchange/node/payload_retention.h"
#include "services/exchange/pipeline/replay.h"
#include "services/exchange/vault/durable_file.h"

namespace chuanyu::exchange {

absl::StatusOr<std::unique_ptr<Node>> Node::Start(const NodeConfig& config, const Clock& clock) {
  std::unique_ptr<Node> node(new Node(config, clock));
  CHUANYU_RETURN_IF_ERROR(node->OpenStores());
  CHUANYU_RETURN_IF_ERROR(ReplayIntoTracker(*node->journal_, *node->tracker_, config.region, clock));
  CHUANYU_RETURN_IF_ERROR(node->OpenPolicy());
  CHUANYU_RETURN_IF_ERROR(node->BuildPath());
  CHUANYU_RETURN_IF_ERROR(node->BuildLinks());
  node->StartPath();
  CHUANYU_RETURN_IF_ERROR(node->Serve());
  LogEvent(Severity::kInfo, "node_serving",
           {{"origin", config.origin()}, {"size", node->journal_->Latest().size}});
  return node;
}

Node::~Node() { Stop(); }

absl::Status Node::OpenStores() {
  std::error_code ignored;
  std::filesystem::create_directories(config_.data_dir, ignored);
  CHUANYU_ASSIGN_OR_RETURN(NodeKeys keys, LoadNodeKeys(config_));
  cosigners_ = std::move(keys.cosigners);
  CHUANYU_ASSIGN_OR_RETURN(vault_,
                           Vault::Open({.dir = config_.data_dir + "/vault", .kek_file = config_.kek}));
  const std::string journal_dir = config_.data_dir + "/journal";
  CHUANYU_ASSIGN_OR_RETURN(
      journal_,
      Journal::Open({.dir = journal_dir, .origin = config_.origin(), .tree_hash = config_.tree_hash}, clock_,
                    *vault_, keys.signers));
  CHUANYU_ASSIGN_OR_RETURN(
      publisher_,
      Publisher::Open({.dir = journal_dir, .origin = config_.origin(), .tree_hash = config_.tree_hash},
                      *journal_, clock_));
  CHUANYU_ASSIGN_OR_RETURN(tracker_, Tracker::Open({.redis = config_.redis,
                                                    .profile = config_.redis_profile,
                                                    .shard = config_.region + "." + config_.name,
                                                    .origin = config_.origin()}));
  return absl::OkStatus();
}

// Before the pipeline runs, so that no request is admitted under a policy that is not in the journal.
absl::Status Node::OpenPolicy() {
  pipeline_ = std::make_unique<Pipeline>(*journal_, *tracker_, clock_,
                                         Pipeline::Options{.max_batch_drafts = config_.max_batch_records});
  CHUANYU_ASSIGN_OR_RETURN(
      policy_, PolicyWatcher::Open(config_.policy_file,
                                   [this](const policy::Policy& loaded) { RecordPolicy(loaded); }));
  return absl::OkStatus();
}

void Node::RecordPolicy(const policy::Policy& policy) {
  Draft draft;
  draft.record.set_kind(v1::RECORD_KIND_POLICY_LOADED);
  draft.record.set_from_region(config_.region);
  draft.record.set_outcome(policy.digest_hex());
  draft.record.set_note(policy.version());
  WorkGroup group;
  group.drafts.push_back(std::move(draft));
  pipeline_->Submit(std::move(group));
  LogEvent(Severity::kInfo, "policy_loaded", {{"version", policy.version()}, {"sm3", policy.digest_hex()}});
}

absl::Status Node::BuildPath() {
  workers_ = std::make_unique<WorkerPool>();
  refusals_ = std::make_unique<Refusals>(*pipeline_, clock_, Refusals::Limits{});
  const int64_t grace_ms = absl::ToInt64Milliseconds(config_.witness_grace);
  admission_ = std::make_unique<Admission>(
      *journal_, *tracker_, *pipeline_, *refusals_, clock_, [this] { return policy_->Current(); },
      [this, grace_ms] { return CheckWitnesses(LinkViews(), clock_.NowMs(), grace_ms); },
      Admission::Options{.own_region = config_.region,
                         .ids_known_from_ms = journal_->Latest().size == 0 ? 0 : clock_.NowMs()});
  acknowledger_ = std::make_unique<Acknowledger>(mailbox_, *tracker_, *pipeline_, *workers_);
  acts_ = std::make_unique<RequestActs>(
      *journal_, *tracker_, *pipeline_, [this](const Submitter& caller, std::string_view operation) {
        const ProviderTable::Provider* const provider = providers_.Find(operation);
        return provider != nullptr &&
               provider->identity == absl::StrCat("spiffe://", caller.region, ".chuanyu/", caller.system);
      });
  delivery_ = std::make_unique<AnswerDelivery>(config_.region, mailbox_);
  CHUANYU_RETURN_IF_ERROR(BuildProviders());
  absl::BitGen random;
  dispatcher_ = std::make_unique<Dispatcher>(
      *journal_, *tracker_, *pipeline_, providers_, clock_,
      [] {
        thread_local absl::BitGen gen;
        return absl::Uniform(gen, 0.0, 1.0);
      },
      absl::Uniform<uint64_t>(absl::IntervalClosed, random, 1, UINT64_MAX),
      Dispatcher::Options{.worker = config_.name,
                          .attempt_timeout_ms = absl::ToInt64Milliseconds(config_.attempt_timeout),
                          .max_running = config_.max_running});
  arrivals_ = std::make_unique<Arrivals>(*dispatcher_, *delivery_);
  sweeper_ = std::make_unique<Sweeper>(
      *journal_, *tracker_, *pipeline_, clock_,
      [this](std::span<const DurableRecord> records, std::span<const TrackResult> tracked) {
        delivery_->OnTracked(records, tracked);
      });
  retention_ = std::make_unique<Periodic>(absl::Hours(1), [this] { DestroyOldPayloads(); });
  return absl::OkStatus();
}

void Node::DestroyOldPayloads() const {
  const absl::StatusOr<size_t> destroyed =
      exchange::DestroyOldPayloads(*vault_, *tracker_, *pipeline_, clock_, config_.keep_payloads);
  if (destroyed.ok() || HasReason(destroyed.status(), Reason::SHUTTING_DOWN)) return;
  LogEvent(Severity::kError, "payloads_not_erased",
           {{"reason", ReasonName(ReasonOf(destroyed.status()).value_or(Reason::INTERNAL))}});
}

absl::Status Node::BuildProviders() {
  for (const ProviderConfig& provider : config_.providers) {
    CHUANYU_ASSIGN_OR_RETURN(const auto channel, rpc::OpenChannel({.target = provider.target,
                                                                   .tls = config_.tls,
                                                                   .server_spiffe = provider.identity}));
    providers_.Add(provider.service, provider.identity, channel);
  }
  return absl::OkStatus();
}

absl::Status Node::BuildLinks() {
  std::vector<std::unique_ptr<PeerLog>> logs;
  for (const PeerConfig& peer : config_.peers) {
    std::ifstream file(peer.trust);
    std::stringstream text;
    text << file.rdbuf();
    if (!file) return MakeError(Reason::CONFIG_INVALID, {.detail = peer.trust + " cannot be read"});
    CHUANYU_ASSIGN_OR_RETURN(PeerKeys keys, ParseTrust(text.str(), peer.origin));
    const PeerTrust trust{
        .region = peer.region, .origin = peer.origin, .identity = peer.identity, .keys = std::move(keys)};
    WitnessState known{.origin = peer.origin, .frontier = merkle::Frontier(trust.tree_hash)};
    for (const WitnessState& witness : journal_->recovered().witnesses) {
      if (witness.origin == peer.origin) known = witness;
    }
    logs.push_back(std::make_unique<PeerLog>(trust, std::move(known),
                                             config_.data_dir + "/misbehaviour/" + peer.region + ".notes"));
    CHUANYU_ASSIGN_OR_RETURN(
        const auto channel,
        rpc::OpenChannel({.target = peer.target, .tls = config_.tls, .server_spiffe = peer.identity}));
    senders_.push_back(std::make_unique<LinkSender>(
        trust, config_.origin(), v1::Peer::NewStub(channel), *journal_, *pipeline_, clock_,
        LinkSender::Options{.max_frame_bytes = config_.max_frame_bytes}));
    pipeline_->OnDurable(
        [sender = senders_.back().get()](const DurableBatch& batch) { sender->OnDurable(batch); });
  }
  // Batches of one record are there to measure what batches are for: everything is signed by itself then.
  if (config_.max_batch_records > 1) {
    pipeline_->SignAtOnceWhen([this](std::span<const Draft> drafts) {
      return std::any_of(senders_.begin(), senders_.end(),
                         [&](const auto& sender) { return sender->WouldSendAtOnce(drafts); });
    });
  }
  peers_ = std::make_unique<PeerService>(
      std::move(logs), Cosigner(cosigners_), *pipeline_, *arrivals_, clock_,
      [this] { return policy_->Current(); }, PeerService::Options{.own_region = config_.region});
  return absl::OkStatus();
}

void Node::StartPath() {
  publisher_->Start();
  pipeline_->Start();
  policy_->Start();
  admission_->Start();
  // What a process of ours left behind need not wait for its leases to end.
  const auto released = tracker_->ReleaseLeases(config_.name);
  if (released.ok() && *released > 0) LogEvent(Severity::kInfo, "leases_released", {{"count", *released}});
  dispatcher_->Start();
  sweeper_->Start();
  retention_->Start();
  peers_->Start();
  for (const auto& sender : senders_) sender->Start(journal_->recovered().size);
}

absl::Status Node::Serve() {
  const ExchangeDeps deps{*journal_, *tracker_, *admission_, mailbox_, *acknowledger_, *workers_, clock_};
  exchange_ = std::make_unique<ExchangeService>(deps, *refusals_, *acts_,
                                                ExchangeService::Options{.own_region = config_.region});
  operations_ = std::make_unique<OperationsService>(config_.region, *journal_, *tracker_, *workers_,
                                                    *refusals_, clock_, [this] { return LinkStatuses(); });
  audit_ = std::make_unique<AuditService>(config_.region, *journal_, *pipeline_, *refusals_);
  if (!config_.peer_listen.empty()) {
    CHUANYU_ASSIGN_OR_RETURN(
        peer_server_,
        rpc::Server::Start({.listen = config_.peer_listen, .tls = config_.tls}, {peers_.get()}));
  }
  CHUANYU_ASSIGN_OR_RETURN(server_, rpc::Server::Start({.listen = config_.listen, .tls = config_.tls},
                                                       {exchange_.get(), operations_.get(), audit_.get()}));
  if (config_.metrics_listen) {
    CHUANYU_ASSIGN_OR_RETURN(metrics_server_, MetricsServer::Start(*config_.metrics_listen, metrics_));
  }
  Gauge size = metrics_.AddGauge("chuanyu_journal_size", "Records in the journal");
  Gauge healthy = metrics_.AddGauge("chuanyu_node_healthy", "1 while the node accepts submissions");
  health_ = std::make_unique<HealthWatch>([this] { return admission_->Ready(); },
                                          [this, size, healthy](bool ok) mutable {
                                            size.Set(static_cast<double>(journal_->Latest().size));
                                            healthy.Set(ok ? 1 : 0);
                                            server_->SetServing(ok);
                                          });
  return config_.ready_file.empty() ? absl::OkStatus() : WriteReadyFile();
}

absl::Status Node::WriteReadyFile() const {
  const auto list = [](const std::vector<std::string>& addresses) {
    std::string text;
    for (const std::string& address : addresses)
      absl::StrAppend(&text, text.empty() ? "" : ",", "\"", address, "\"");
    return "[" + text + "]";
  };
  const std::string peer = peer_server_ == nullptr ? "[]" : list(peer_server_->addresses());
  return WriteFileDurably(
      config_.ready_file,
      absl::StrCat("{\"listen\":", list(server_->addresses()), ",\"peer_listen\":", peer,
                   ",\"metrics_port\":", metrics_server_ == nullptr ? 0 : metrics_server_->port(),
                   ",\"pid\":", getpid(), "}\n"));
}

std::vector<LinkView> Node::LinkViews() const {
  std::vector<LinkView> views;
  for (const auto& sender : senders_) views.push_back(sender->View());
  return views;
}

std::vector<v1::LinkStatus> Node::LinkStatuses() const {
  std::vector<v1::LinkStatus> statuses;
  for (const auto& sender : senders_) {
    const LinkView view = sender->View();
    v1::LinkStatus& status = statuses.emplace_back();
    status.set_peer_region(sender->region());
    status.set_state(std::string(LinkStateName(view.state)));
    status.set_reason(view.reason);
    status.set_cosigned_size(view.cosigned_size);
    status.set_witnessed_size(peers_->WitnessedSize(sender->region()));
  }
  return statuses;
}

// First nobody new, then nothing new, then what was accepted is written, then the threads that it needed.
void Node::Stop() {
  if (std::exchange(stopped_, true)) return;
  if (health_ != nullptr) health_->Stop();
  if (exchange_ != nullptr) exchange_->Drain();
  if (server_ != nullptr) server_->Shutdown(absl::Seconds(5));
  if (peers_ != nullptr) peers_->Stop();
  if (peer_server_ != nullptr) peer_server_->Shutdown(absl::Seconds(5));
  if (sweeper_ != nullptr) sweeper_->Stop();
  if (retention_ != nullptr) retention_->Stop();
  if (dispatcher_ != nullptr) dispatcher_->Stop();
  if (policy_ != nullptr) policy_->Stop();
  if (workers_ != nullptr) workers_->Stop();
  if (admission_ != nullptr) admission_->Stop();
  for (const auto& sender : senders_) sender->Stop();
  if (pipeline_ != nullptr) pipeline_->Stop();
  if (publisher_ != nullptr && !publisher_->Stop().ok()) LogEvent(Severity::kWarning, "not_published");
  if (journal_ != nullptr && !journal_->Flush().ok()) LogEvent(Severity::kError, "journal_not_flushed");
}

}  // namespace chuanyu::exchange
