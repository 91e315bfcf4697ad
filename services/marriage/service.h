// The marriage service of one region, wired. Shutdown is the reverse.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/case_service/case_runtime.h"
#include "services/marriage/front.h"
#include "services/marriage/provider.h"
#include "services/marriage/work.h"

namespace chuanyu::marriage {

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
  // What claims and, once a second, the clock bring.
  void Tick();

  // In the order in which they are built; each may use what stands above it.
  Work work_;
  CaseRuntime runtime_;
  Front front_;
  Provider provider_;
  QuestionServer questions_;
  absl::Time next_clock_ = absl::InfinitePast();  // of the thread that ticks
};

}  // namespace chuanyu::marriage
