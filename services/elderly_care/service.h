// The elderly care service of one region, wired. Shutdown is the reverse.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/case_service/case_runtime.h"
#include "services/elderly_care/front.h"
#include "services/elderly_care/provider.h"

namespace chuanyu::elderly_care {

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

  // In the order in which they are built; each may use what stands above it.
  const std::unique_ptr<Desk> desk_;
  CaseRuntime runtime_;
  const ClaimCalls claims_;
  Map map_;
  const Unfiled unfiled_;
  Filings filings_;
  const Peers peers_;
  Front front_;
  Provider provider_;
  QuestionServer questions_;
};

}  // namespace chuanyu::elderly_care
