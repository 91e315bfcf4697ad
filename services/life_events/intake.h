// LifeEvents for systems of this region and LifeEventsProvider for the own exchange node. Handlers authorise
// first and work on a few threads of the object's own. Thread-safe.
#pragma once

#include <functional>

#include "chuanyu/life_events/v1/life_events.grpc.pb.h"
#include "chuanyu/life_events/v1/provider.grpc.pb.h"
#include "common/base/worker_pool.h"
#include "common/clock/clock.h"
#include "common/service/calls.h"
#include "common/telemetry/metrics.h"
#include "services/life_events/config.h"
#include "services/life_events/event_store.h"

namespace chuanyu::life_events {

struct IntakeDeps {
  const ServiceConfig& config;
  EventStore& store;
  const DivisionTable& divisions;
  const Clock& clock;
  std::function<void()> wake;  // something may be in the outbox
  Metrics& metrics;
};

// What both sides do with events. Blocks.
class Intake {
 public:
  explicit Intake(const IntakeDeps& deps);

  // ROLE_DENIED when the caller is no feed; BAD_REQUEST unless 1 to 500 events.
  absl::StatusOr<v1::ReportEventsResponse> Report(const Caller& caller,
                                                  const v1::ReportEventsRequest& request);
  // ROLE_DENIED when the caller is no reader; BAD_REQUEST.
  absl::StatusOr<v1::ReadEventsResponse> Read(const Caller& caller, const v1::ReadEventsRequest& request);
  // PURPOSE_DENIED; the errors of ParseEvent.
  absl::StatusOr<v1::TellEventResponse> Tell(const ProviderCall& call, const v1::TellEventRequest& request);

 private:
  void Count(const absl::StatusOr<bool>& outcome);

  const IntakeDeps deps_;
  Counter accepted_;
  Counter duplicates_;
  Counter rejected_;
};

class FrontCalls final : public v1::LifeEvents::CallbackService {
 public:
  FrontCalls(Intake& intake, WorkerPool& workers, std::string own_region)
      : intake_(intake), workers_(workers), region_(std::move(own_region)) {}
  grpc::ServerUnaryReactor* ReportEvents(grpc::CallbackServerContext* context,
                                         const v1::ReportEventsRequest* request,
                                         v1::ReportEventsResponse* response) override;
  grpc::ServerUnaryReactor* ReadEvents(grpc::CallbackServerContext* context,
                                       const v1::ReadEventsRequest* request,
                                       v1::ReadEventsResponse* response) override;

 private:
  Intake& intake_;
  WorkerPool& workers_;
  const std::string region_;
};

class ProviderCalls final : public v1::LifeEventsProvider::CallbackService {
 public:
  ProviderCalls(Intake& intake, WorkerPool& workers, std::string own_region)
      : intake_(intake), workers_(workers), region_(std::move(own_region)) {}
  grpc::ServerUnaryReactor* TellEvent(grpc::CallbackServerContext* context,
                                      const v1::TellEventRequest* request,
                                      v1::TellEventResponse* response) override;

 private:
  Intake& intake_;
  WorkerPool& workers_;
  const std::string region_;
};

}  // namespace chuanyu::life_events
