// The child welfare service of one region, wired. Shutdown is the reverse.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/case_service/case_runtime.h"
#include "services/child_welfare/front.h"
#include "services/child_welfare/provider.h"

namespace chuanyu::child_welfare {

class Service {
 public:
  // Serving on return. `clock` outlives the service. CONFIG_INVALID also for a flow with a public notice.
  static absl::StatusOr<std::unique_ptr<Service>> Start(const ServiceConfig& config, const Clock& clock);
  // As Stop().
  ~Service();

  // Lets running calls finish, stores what has arrived, and ends. Idempotent.
  void Stop();

 private:
  explicit Service(std::unique_ptr<Desk> desk);
  absl::Status Serve();
  // What claims and the clock bring.
  void Tick();
  // What may not be kept any longer.
  absl::StatusOr<int> EraseOnce();

  // In the order in which they are built; each may use what stands above it.
  const std::unique_ptr<Desk> desk_;
  CaseRuntime runtime_;
  const Determinations determinations_;
  const ClaimCalls claims_;
  Applications applications_;
  StatusActs acts_;
  Peers peers_;
  Recognitions recognitions_;
  Front front_;
  Provider provider_;
  QuestionServer questions_;
};

}  // namespace chuanyu::child_welfare
