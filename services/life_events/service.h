// The life events of one region, wired. Shutdown is the reverse of what stands here.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/base/worker_pool.h"
#include "common/clock/clock.h"
#include "common/outbox/outbox_sender.h"
#include "common/service/serving.h"
#include "common/telemetry/metrics.h"
#include "services/life_events/config.h"
#include "services/life_events/event_store.h"
#include "services/life_events/intake.h"

namespace chuanyu::life_events {

class Service {
 public:
  // Serving on return. `clock` outlives the service.
  static absl::StatusOr<std::unique_ptr<Service>> Start(const ServiceConfig& config, const Clock& clock);
  // As Stop().
  ~Service();
  // Lets running calls finish and ends. Idempotent.
  void Stop();

 private:
  Service(const ServiceConfig& config, const Clock& clock) : config_(config), clock_(clock) {}
  absl::Status OpenStores();
  absl::Status Serve();

  const ServiceConfig config_;
  const Clock& clock_;
  Metrics metrics_;
  std::unique_ptr<DivisionTable> divisions_;
  std::unique_ptr<crypto::Sealer> sealer_;
  std::unique_ptr<crypto::BlindIndexer> indexer_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<OutboxStore> outbox_;
  std::unique_ptr<EventStore> store_;
  std::unique_ptr<OutboxSender> sender_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<Intake> intake_;
  std::unique_ptr<FrontCalls> front_;
  std::unique_ptr<ProviderCalls> provider_;
  std::unique_ptr<QuestionServer> questions_;
  std::unique_ptr<Serving> serving_;
};

}  // namespace chuanyu::life_events
