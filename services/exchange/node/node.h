// One exchange node: every stage of the path, wired in the order of the path.
//
//   own systems ─▶ ExchangeService ─▶ Admission ─▶ Pipeline (journal, tracker) ─▶ LinkSender ═▶ peer
//   peer ═▶ PeerService ─▶ Pipeline ─▶ Dispatcher ─▶ provider; or AnswerDelivery ─▶ own systems
//
// Start: journal and its publisher, tracker brought up to the journal, then everything that writes, then what
// lets anybody in. Shutdown is the reverse: see Stop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/periodic.h"
#include "common/clock/clock.h"
#include "common/rpc/server.h"
#include "common/telemetry/metrics.h"
#include "services/exchange/dispatch/dispatcher.h"
#include "services/exchange/dispatch/sweeper.h"
#include "services/exchange/intake/answer_delivery.h"
#include "services/exchange/intake/audit_service.h"
#include "services/exchange/intake/exchange_service.h"
#include "services/exchange/intake/operations_service.h"
#include "services/exchange/journal/publisher.h"
#include "services/exchange/link/receiver.h"
#include "services/exchange/link/sender.h"
#include "services/exchange/node/arrivals.h"
#include "services/exchange/node/config.h"
#include "services/exchange/node/health.h"
#include "services/exchange/node/policy_watcher.h"
#include "services/exchange/vault/vault.h"

namespace chuanyu::exchange {

class Node {
 public:
  // Serving on return.
  static absl::StatusOr<std::unique_ptr<Node>> Start(const NodeConfig& config, const Clock& clock);
  // As Stop().
  ~Node();

  // Lets running calls finish, writes what was accepted, and ends. Idempotent.
  void Stop();

 private:
  Node(const NodeConfig& config, const Clock& clock) : config_(config), clock_(clock) {}

  absl::Status OpenStores();
  absl::Status OpenPolicy();
  absl::Status BuildPath();
  absl::Status BuildProviders();
  absl::Status BuildLinks();
  void StartPath();
  absl::Status Serve();
  absl::Status WriteReadyFile() const;
  std::vector<LinkView> LinkViews() const;
  std::vector<v1::LinkStatus> LinkStatuses() const;
  void DestroyOldPayloads() const;
  void RecordPolicy(const policy::Policy& policy);

  const NodeConfig config_;
  const Clock& clock_;

  // In the order in which they are built; each may use what stands above it.
  std::unique_ptr<Vault> vault_;
  std::vector<merkle::NoteSigner> cosigners_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Tracker> tracker_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<PolicyWatcher> policy_;
  Mailbox mailbox_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<Refusals> refusals_;
  std::unique_ptr<Admission> admission_;
  std::unique_ptr<Acknowledger> acknowledger_;
  std::unique_ptr<RequestActs> acts_;
  std::unique_ptr<AnswerDelivery> delivery_;
  ProviderTable providers_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Arrivals> arrivals_;
  std::unique_ptr<Sweeper> sweeper_;
  std::unique_ptr<Periodic> retention_;
  std::vector<std::unique_ptr<LinkSender>> senders_;
  std::unique_ptr<PeerService> peers_;
  std::unique_ptr<ExchangeService> exchange_;
  std::unique_ptr<OperationsService> operations_;
  std::unique_ptr<AuditService> audit_;
  std::unique_ptr<rpc::Server> peer_server_;
  std::unique_ptr<rpc::Server> server_;
  Metrics metrics_;
  std::unique_ptr<MetricsServer> metrics_server_;
  std::unique_ptr<HealthWatch> health_;
  bool stopped_ = false;
};

}  // namespace chuanyu::exchange
