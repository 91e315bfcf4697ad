// The disability service of one region, wired. Shutdown is the reverse.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/case_service/case_runtime.h"
#include "services/disability/front.h"
#include "services/disability/provider.h"

namespace chuanyu::disability {

class Service {
 public:
  // Serving on return. `clock` outlives the service.
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

  // In the order in which they are built; each may use what stands above it.
  const std::unique_ptr<Desk> desk_;
  CaseRuntime runtime_;
  const ClaimCalls claims_;
  const Grants grants_;
  const Comparisons comparisons_;
  Applications applications_;
  const GrantMoves moves_;
  const Recoveries recoveries_;
  StatusQuery query_;
  Front front_;
  Provider provider_;
  QuestionServer questions_;
};

}  // namespace chuanyu::disability
