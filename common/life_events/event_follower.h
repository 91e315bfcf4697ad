// Follows the life events of the own region (chuanyu-life-events) for a service that acts on them:
//
//   CHUANYU_ASSIGN_OR_RETURN(follower_, life_events::EventFollower::Open(config.life_events, {
//       .pool = *pool_, .tls = config.tls, .name = "family_economy", .metrics = &metrics_,
//       .apply = [this](sql::Session& session, const v1::KnownEvent& event, Topics* changed) { ... },
//       .applied = [this](const Topics& changed) { ... }}));
//   follower_->Start();
//
// Each event is applied in one transaction of the service's own database, together with the note that it was:
// a crash leaves both or neither, and of several processes on one database one applies it. What a service
// cannot apply it is given again at the next run, and everything behind it waits: an event is never passed
// over. One thread of its own; a run takes everything that is there. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/life_events/v1/life_events.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/life_events/follow_config.h"
#include "common/rpc/tls_files.h"
#include "common/sql/sql.h"
#include "common/telemetry/metrics.h"

namespace chuanyu::life_events {

class EventFollower {
 public:
  // What was changed, as the service calls it; told to watchers once it is stored.
  using Topics = std::vector<std::string>;
  struct Deps {
    sql::Pool& pool;  // outlives the follower
    rpc::TlsFiles tls;
    std::string name;  // of the service, in its database and in the log
    Metrics* metrics = nullptr;
    // Runs again when it returns STALE_VERSION: somebody else changed a row in between. Any other error ends
    // the run before this event.
    std::function<absl::Status(sql::Session& session, const v1::KnownEvent& event, Topics* changed)> apply;
    // The same for an event that was taken back (KnownEvent.withdrawn), also when it was never applied here.
    std::function<absl::Status(sql::Session& session, const v1::KnownEvent& event, Topics* changed)> withdraw;
    std::function<void(const Topics& changed)> applied;
  };
  // Brings its table up to date. CONFIG_INVALID; STORE_UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<EventFollower>> Open(const FollowConfig& config, Deps deps);
  // As Stop().
  ~EventFollower();
  EventFollower(const EventFollower&) = delete;
  EventFollower& operator=(const EventFollower&) = delete;

  // Begins to run by itself, at once and then as often as the configuration says.
  void Start();
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

  // One run: how many events were applied. PEER errors of the call as rpc::FromGrpc gives them.
  absl::StatusOr<int> RunOnce();

 private:
  EventFollower(FollowConfig config, Deps deps) : config_(std::move(config)), deps_(std::move(deps)) {}
  absl::StatusOr<int64_t> Cursor();
  absl::StatusOr<bool> Apply(const v1::KnownEvent& event);
  absl::Status Pass(int64_t sequence);
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

  const FollowConfig config_;
  const Deps deps_;
  std::unique_ptr<v1::LifeEvents::Stub> stub_;
  Counter applied_;
  Mutex mu_;
  CondVar wakes_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace chuanyu::life_events
