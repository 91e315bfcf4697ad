// Calls the providers of this region for the requests of other regions.
//
//   arrivals under our lease ─▶ call at once
//   waiting, due, or under a lease that ended ─▶ [poll thread: Tracker::Lease] ─▶ call
//   reply ─▶ Pipeline: answer (record), deferral or retry (tracker only), parking (record)
//
// A call runs under a lease that the poll thread renews. Who loses the lease drops the reply: another worker
// has the request. Between two renewals it may not know yet, so an answer can be made twice; the provider's
// stored answer makes both equal, and the first one counts.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "services/exchange/dispatch/attempt.h"
#include "services/exchange/dispatch/provider_table.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/pipeline/pipeline.h"
#include "services/exchange/pipeline/received.h"
#include "services/exchange/tracker/retry_policy.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

// Thread-safe.
class Dispatcher final : public ReceivedSink {
 public:
  struct Options {
    std::string worker;                   // "<node>/<process>"
    int64_t lease_ms = 15'000;            // 3 missed renewals
    int64_t poll_ms = 500;                // how soon a due retry or a dead worker's request is seen
    int64_t attempt_timeout_ms = 10'000;  // under lease_ms, so that a hanging provider is one attempt
    size_t max_running = 1'024;
    RetryPolicy retry;
  };
  // Uniform in [0, 1).
  using Random = std::function<double()>;

  Dispatcher(Journal& journal, Tracker& tracker, Pipeline& pipeline, const ProviderTable& providers,
             const Clock& clock, Random random, uint64_t token, Options options);
  // As Stop().
  ~Dispatcher() override;

  void Start();
  // Cancels what runs, waits for it, and lets its leases go. Stop it before the pipeline.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

  std::optional<WorkerLease> LeaseForArrivals() override ABSL_LOCKS_EXCLUDED(mu_);
  void OnReceived(std::span<const DurableRecord> records, std::span<const TrackResult> tracked) override
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Poll() ABSL_LOCKS_EXCLUDED(mu_);
  void RenewLeases() ABSL_LOCKS_EXCLUDED(mu_);
  void EndLate() ABSL_LOCKS_EXCLUDED(mu_);
  void TakeWaiting() ABSL_LOCKS_EXCLUDED(mu_);
  void RunLeased(const Leased& leased);
  void Run(const v1::JournalRecord& request, std::string_view payload, Fence fence) ABSL_LOCKS_EXCLUDED(mu_);
  void CancelCall(const std::string& request_id) ABSL_LOCKS_EXCLUDED(mu_);
  void OnReply(Attempt* attempt, ProviderReply reply) ABSL_LOCKS_EXCLUDED(mu_);
  // Of running_; Destroy follows, outside of the lock. An attempt's call holds the provider's channel, so who
  // stops waits for both: the last hold of a channel must not be dropped on a thread of gRPC.
  std::unique_ptr<Attempt> TakeOut(const std::string& request_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Destroy(std::unique_ptr<Attempt> ended) ABSL_LOCKS_EXCLUDED(mu_);
  void Settle(const v1::JournalRecord& request, Fence fence, ProviderReply reply);
  void Fail(const v1::JournalRecord& request, Fence fence, const absl::Status& why);
  void Park(const v1::JournalRecord& request, std::string_view outcome);
  void Answer(const v1::JournalRecord& request, ProviderReply reply);
  WorkerLease Lease() const { return {options_.worker, token_, options_.lease_ms}; }

  Journal& journal_;
  Tracker& tracker_;
  Pipeline& pipeline_;
  const ProviderTable& providers_;
  const Clock& clock_;
  const Random random_;
  const uint64_t token_;
  const Options options_;

  Mutex mu_;
  CondVar wakes_;
  CondVar idle_;
  absl::flat_hash_map<std::string, std::unique_ptr<Attempt>> running_ ABSL_GUARDED_BY(mu_);
  int ending_ ABSL_GUARDED_BY(mu_) = 0;  // attempts that are out of running_ and not destroyed yet
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace chuanyu::exchange
