// What lets others into a domain service: its front for own systems, its provider for the own exchange node,
// and its metrics. Not thread-safe.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/server.h"
#include "common/service/question_server.h"
#include "common/service/service_config.h"
#include "common/telemetry/metrics.h"

namespace chuanyu {

class Serving {
 public:
  // Serves on return, and has told so in the file that the configuration names. CONFIG_INVALID when an
  // address, a certificate or that file cannot be used. `questions`, which may be null, is served beside
  // `provider`; INTERNAL when it lacks a method. All of them outlive it.
  static absl::StatusOr<std::unique_ptr<Serving>> Start(const CommonConfig& config,
                                                        const std::vector<grpc::Service*>& front,
                                                        const std::vector<grpc::Service*>& provider,
                                                        const Metrics& metrics,
                                                        QuestionServer* questions = nullptr);

  // No handler runs any more on return; those that do get `grace`, the front's first. Idempotent.
  void Shutdown(absl::Duration grace);

 private:
  Serving() = default;

  QuestionServer* questions_ = nullptr;
  std::unique_ptr<rpc::Server> provider_;
  std::unique_ptr<rpc::Server> front_;
  std::unique_ptr<MetricsServer> metrics_;
};

}  // namespace chuanyu
