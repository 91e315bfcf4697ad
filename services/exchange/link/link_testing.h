// One node as far as the link goes, for tests: real journal, Redis, pipeline and mTLS on a Unix socket, both
// ends of the link; what arrives is kept instead of run. All content is synthetic.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/uuid.h"
#include "common/redis/test_server.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "grpcpp/channel.h"
#include "services/exchange/journal/journal_testing.h"
#include "services/exchange/link/receiver.h"
#include "services/exchange/link/sender.h"

namespace chuanyu::exchange {

// The machine's clock, wrong by so much.
class WrongClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now() + off_; }
  void SetOff(absl::Duration off) { off_ = off; }

 private:
  absl::Duration off_;
};

class Arrived final : public ReceivedSink {
 public:
  std::optional<WorkerLease> LeaseForArrivals() override { return std::nullopt; }
  void OnReceived(std::span<const DurableRecord> records, std::span<const TrackResult> tracked) override {
    MutexLock lock(mu_);
    for (size_t i = 0; i < records.size(); ++i) {
      if (tracked[i].outcome == TrackOutcome::kCreated) ids_.push_back(records[i].record.request_id());
    }
  }
  std::vector<std::string> ids() const {
    MutexLock lock(mu_);
    return ids_;
  }

 private:
  mutable Mutex mu_;
  std::vector<std::string> ids_ ABSL_GUARDED_BY(mu_);
};

inline constexpr char kLinkOperation[] = "/chuanyu.family_economy.v1.FamilyEconomyProvider/QueryStatus";

class LinkNode {
 public:
  LinkNode(std::string region, const std::string& folder, const rpc::TestPki& pki)
      : region_(std::move(region)), folder_(folder + "/" + region_), pki_(pki) {
    std::filesystem::create_directories(folder_);
    const auto kek = crypto::RandomBytes(crypto::kSealKeyBytes);
    EXPECT_TRUE(kek.ok() && WriteFileDurably(folder_ + "/kek", *kek).ok());
  }
  ~LinkNode() { Stop(); }

  std::string origin() const { return region_ + ".chuanyu/node1"; }
  std::string address() const { return "unix:" + folder_ + ".sock"; }
  std::string data() const { return folder_ + "/journal"; }

  // The peer that this node would trust, if `cosigner` makes its cosignatures.
  PeerTrust Trusted(const merkle::NoteSigner& cosigner) const {
    return {.region = region_,
            .origin = origin(),
            .identity = "spiffe://" + region_ + ".chuanyu/exchange/node",
            .keys = {.checkpoint = TestNodeKeys(origin()), .cosignature = {cosigner.key()}}};
  }
  PeerTrust Trusted() const { return Trusted(TestCosigner(origin())); }

  // Opens the log, listens to the peer and takes questions; sends nothing yet.
  void Open(const LinkNode& peer, const PeerTrust& trust) {
    ASSERT_NO_FATAL_FAILURE(OpenStores());
    ASSERT_NO_FATAL_FAILURE(OpenSender(peer, trust));
    ASSERT_NO_FATAL_FAILURE(Listen(trust));
    pipeline->Start();
    peers->Start();
  }
  void Connect() { sender->Start(journal->Latest().size); }
  void Start(const LinkNode& peer, const PeerTrust& trust) {
    ASSERT_NO_FATAL_FAILURE(Open(peer, trust));
    Connect();
  }
  void Start(const LinkNode& peer) { Start(peer, peer.Trusted()); }

  void Stop() {
    if (sender != nullptr) sender->Stop();
    if (peers != nullptr) peers->Stop();
    if (server_ != nullptr) server_->Shutdown(absl::Seconds(5));
    if (pipeline != nullptr) pipeline->Stop();
    server_.reset();
    peers.reset();
    pipeline.reset();
    sender.reset();
    tracker.reset();
    journal.reset();
    vault_.reset();
  }

  // A question to the other region; its id once it is durable and tracked here.
  std::string Ask(const std::string& to_region) {
    Draft draft = MakeDraft("synthetic question", ids_.Next(clock.NowMs()));
    draft.record.set_from_region(region_);
    draft.record.set_to_region(to_region);
    draft.record.set_deadline_ms(clock.NowMs() + 3'600'000);
    std::string id = draft.record.request_id();
    WorkGroup group;
    group.drafts.push_back(std::move(draft));
    std::promise<absl::Status> done;
    group.done = [&](const Outcome& outcome) { done.set_value(outcome.status); };
    pipeline->Submit(std::move(group));
    const absl::Status status = done.get_future().get();
    EXPECT_TRUE(status.ok()) << status;
    return id;
  }

  std::optional<State> StateOf(const std::string& request_id) const {
    const auto known = tracker->Get(request_id);
    if (!known.ok() || !known->has_value()) return std::nullopt;
    return (*known)->state;
  }
  bool HasCosigned(uint64_t size) const { return sender->View().cosigned_size >= size; }

  WrongClock clock;
  PeerService::Options receives;
  LinkSender::Options sends;
  redis::TestRedis redis;
  Arrived arrived;  // over all starts
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Tracker> tracker;
  std::unique_ptr<Pipeline> pipeline;
  std::unique_ptr<LinkSender> sender;
  std::unique_ptr<PeerService> peers;

 private:
  void OpenStores() {
    auto vault = Vault::Open({.dir = folder_ + "/vault", .kek_file = folder_ + "/kek"});
    ASSERT_TRUE(vault.ok()) << vault.status();
    vault_ = *std::move(vault);
    auto opened = Journal::Open({.dir = data(), .origin = origin(), .reserve_bytes = 64u << 10}, clock,
                                *vault_, TestSigners());
    ASSERT_TRUE(opened.ok()) << opened.status();
    journal = *std::move(opened);
    auto known = Tracker::Open({.redis = {.unix_socket = redis.socket()}, .shard = region_});
    ASSERT_TRUE(known.ok()) << known.status();
    tracker = *std::move(known);
    pipeline = std::make_unique<Pipeline>(*journal, *tracker, clock, Pipeline::Options{});
  }

  void OpenSender(const LinkNode& peer, const PeerTrust& trust) {
    const auto channel = rpc::OpenChannel({.target = peer.address(),
                                           .tls = pki_.Files(region_ + "/exchange/node"),
                                           .server_spiffe = trust.identity});
    ASSERT_TRUE(channel.ok()) << channel.status();
    sender = std::make_unique<LinkSender>(trust, origin(), v1::Peer::NewStub(*channel), *journal, *pipeline,
                                          clock, sends);
    pipeline->OnDurable([this](const DurableBatch& batch) { sender->OnDurable(batch); });
    pipeline->SignAtOnceWhen(
        [this](std::span<const Draft> drafts) { return sender->WouldSendAtOnce(drafts); });
  }

  void Listen(const PeerTrust& trust) {
    WitnessState known{.origin = trust.origin, .frontier = merkle::Frontier(trust.tree_hash)};
    for (const WitnessState& witness : journal->recovered().witnesses) {
      if (witness.origin == trust.origin) known = witness;
    }
    std::vector<std::unique_ptr<PeerLog>> logs;
    logs.push_back(std::make_unique<PeerLog>(trust, std::move(known), folder_ + "/misbehaviour.notes"));
    receives.own_region = region_;
    const auto policy =
        std::make_shared<const policy::Policy>("test", "",
                                               std::vector<policy::Rule>{{.id = "r",
                                                                          .caller = "*",
                                                                          .operation = kLinkOperation,
                                                                          .purposes = {"social_assistance"},
                                                                          .from_region = trust.region,
                                                                          .to_region = region_}},
                                               std::vector<policy::Quota>{});
    peers = std::make_unique<PeerService>(
        std::move(logs), Cosigner({TestCosigner(origin())}), *pipeline, arrived, clock,
        [policy] { return policy; }, receives);
    auto server = rpc::Server::Start(
        {.listen = {address()}, .tls = pki_.Files(region_ + "/exchange/node"), .reflection = false},
        {peers.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  const std::string region_;
  const std::string folder_;
  const rpc::TestPki& pki_;
  UuidV7Generator ids_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace chuanyu::exchange
