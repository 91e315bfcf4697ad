// The child welfare service of one region, wired. Shutdown is the reverse.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/worker_pool.h"
#include "common/clock/clock.h"
#include "common/outbox/outbox_sender.h"
#include "common/service/serving.h"
#include "common/service/watchers.h"
#include "common/telemetry/metrics.h"
#include "services/child_welfare/config.h"
#include "services/child_welfare/front.h"
#include "services/child_welfare/provider.h"

namespace chuanyu::child_welfare {

// The keys that sign recognitions.
absl::StatusOr<std::vector<merkle::NoteSigner>> LoadRecognitionSigners(const ServiceConfig& config);

class Service {
 public:
  // Serving on return. `clock` outlives the service. CONFIG_INVALID also for a flow with a public notice.
  static absl::StatusOr<std::unique_ptr<Service>> Start(const ServiceConfig& config, const Clock& clock);
  // As Stop().
  ~Service();

  // Lets running calls finish, stores what has arrived, and ends. Idempotent.
  void Stop();

 private:
  Service(const ServiceConfig& config, const Clock& clock) : config_(config), clock_(clock) {}

  absl::Status LoadRules();
  absl::Status OpenStores();
  absl::Status BuildDesk();
  absl::Status Serve();
  absl::Status Tell(sql::Session& session, const uniqueness::ClaimMessage& message);
  // What claims and the clock bring.
  void Tick();

  const ServiceConfig config_;
  const Clock& clock_;
  Metrics metrics_;
  // In the order in which they are built; each may use what stands above it.
  std::unique_ptr<DivisionTable> divisions_;
  std::unique_ptr<WorkCalendar> calendar_;
  std::unique_ptr<ChildPolicy> policy_;
  std::unique_ptr<cases::Flow> flow_;
  std::unique_ptr<crypto::Sealer> sealer_;
  std::unique_ptr<crypto::BlindIndexer> own_indexer_;
  std::unique_ptr<crypto::BlindIndexer> claim_indexer_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<CaseStore> store_;
  std::unique_ptr<OutboxStore> outbox_;
  std::unique_ptr<uniqueness::ClaimStore> claims_;
  Watchers watchers_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<Determinations> determinations_;
  std::unique_ptr<Applications> applications_;
  std::unique_ptr<Peers> peers_;
  std::unique_ptr<Recognitions> recognitions_;
  std::unique_ptr<OutboxSender> sender_;
  std::unique_ptr<Front> front_;
  std::unique_ptr<Provider> provider_;
  std::unique_ptr<Serving> serving_;
};

}  // namespace chuanyu::child_welfare
