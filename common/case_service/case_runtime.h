// What runs in a case service: workers, watchers, the sender of the outbox and the servers, and the order in
// which they end. Not thread-safe but for the objects it hands out.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/periodic.h"
#include "common/base/worker_pool.h"
#include "common/case_service/case_desk.h"
#include "common/case_service/case_hukou_moves.h"
#include "common/life_events/event_follower.h"
#include "common/outbox/outbox_sender.h"
#include "common/service/change_poller.h"
#include "common/service/serving.h"
#include "common/service/watchers.h"
#include "common/service/watching.h"
#include "common/telemetry/metrics.h"

namespace chuanyu {

class CaseRuntime {
 public:
  struct Options {
    std::string legal_basis;  // of every message, "民办发〔2021〕10号"
    size_t workers = 4;       // as many as the pool of the store has sessions
    // Adds versions of what is watched besides applications, by its topic; empty: nothing is.
    std::function<absl::Status(sql::Session& session, const std::vector<std::string>& topics,
                               std::map<std::string, int64_t>* versions)>
        versions = nullptr;
    ChangePoller::Options changes = {};
  };
  // Attaches itself to `desk`, which outlives it.
  CaseRuntime(CaseDesk& desk, Options options);
  // As Stop().
  ~CaseRuntime();

  WorkerPool& workers() { return workers_; }
  Metrics& metrics() { return metrics_; }
  WatchingDeps watching() { return {watchers_, workers_, draining_}; }

  // Once, before Serve: `take` and `each_tick` as OutboxSender has them. Nothing is sent before Serve.
  absl::Status Connect(OutboxSender::TakeFn take, OutboxSender::TickFn each_tick);
  OutboxSender& sender() { return *sender_; }
  // Once, before Serve, by a service that acts on what happens in the lives of its subjects. Each event comes
  // in a transaction of its own under the desk's lock; what is refused is told again, and so may be what was
  // applied. Nothing is followed without [life_events].
  struct LifeActs {
    using DiedFn = std::function<absl::Status(sql::Session& session, const std::string& subject, Date day,
                                              CaseDesk::Topics* topics)>;
    using LivesFn = std::function<absl::Status(sql::Session& session, const std::string& subject)>;
    using MovedFn = std::function<absl::Status(sql::Session& session, const std::string& subject,
                                               const HukouMove& move, CaseDesk::Topics* topics)>;
    DiedFn died;
    LivesFn lives;  // was reported dead and is not: no report of the death stands any more
    MovedFn moved;  // a move of the 户籍
    MovedFn stays;  // that was reported wrongly
  };
  absl::Status FollowLives(LifeActs acts);
  // Once, before Serve: `erase` runs as often as [retention] says, for as long as the service serves, and
  // gives how many cases it erased.
  void EraseBy(std::function<absl::StatusOr<int>()> erase);
  // Once. The services outlive the next Stop().
  absl::Status Serve(const std::vector<grpc::Service*>& front, const std::vector<grpc::Service*>& provider,
                     QuestionServer* questions = nullptr);

  // Ends watching calls with SHUTTING_DOWN, lets running calls finish, and joins everything. Nothing calls a
  // service afterwards. Idempotent.
  void Stop();

 private:
  absl::StatusOr<std::string> SubjectOf(const life_events::v1::KnownEvent& event) const;
  absl::StatusOr<std::map<std::string, int64_t>> Versions(const std::vector<std::string>& topics) const;

  CaseDesk& desk_;
  const Options options_;
  Metrics metrics_;
  Watchers watchers_;
  const std::shared_ptr<std::atomic<bool>> draining_ = std::make_shared<std::atomic<bool>>(false);
  WorkerPool workers_;
  std::unique_ptr<OutboxSender> sender_;
  std::unique_ptr<life_events::EventFollower> follower_;
  std::unique_ptr<Periodic> eraser_;
  std::unique_ptr<ChangePoller> poller_;  // tells what other processes on the database change
  std::unique_ptr<Serving> serving_;
};

// Of MovingCases, which outlive the runtime.
template <typename Cases>
CaseRuntime::LifeActs LifeActsOf(Cases& cases) {
  return {
      .died = [&cases](sql::Session& session, const std::string& subject, Date day,
                       CaseDesk::Topics* topics) { return cases.TakeDeath(session, subject, day, topics); },
      .lives = [&cases](sql::Session& session,
                        const std::string& subject) { return cases.TakeBackDeath(session, subject); },
      .moved = [&cases](sql::Session& session, const std::string& subject, const HukouMove& move,
                        CaseDesk::Topics* topics) { return cases.TakeMove(session, subject, move, topics); },
      .stays = [&cases](
                   sql::Session& session, const std::string& subject, const HukouMove& move,
                   CaseDesk::Topics* topics) { return cases.TakeBackMove(session, subject, move, topics); }};
}

// Logs the reason of what goes on by itself and has nobody to tell; nothing when it is OK.
void LogFailure(const char* event, const absl::Status& status);

}  // namespace chuanyu
