// The tracker over one Redis. Private to this folder: everybody else sees tracker.h.
#pragma once

#include <string>

#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

class RedisTracker final : public Tracker {
 public:
  explicit RedisTracker(TrackerOptions options);

  absl::Status Start();

  absl::StatusOr<std::vector<TrackResult>> ApplyBatch(std::span<const TrackerChange> changes,
                                                      std::optional<uint64_t> applied_size) override;
  absl::Status Reachable() override { return reads_.Reachable(); }
  absl::StatusOr<uint64_t> AppliedSize() override;
  absl::StatusOr<std::vector<Leased>> Lease(const WorkerLease& lease, size_t max, int64_t now_ms) override;
  absl::StatusOr<std::vector<bool>> Renew(std::span<const LeaseRef> leases, int64_t now_ms,
                                          int64_t lease_ms) override;
  absl::StatusOr<uint64_t> ReleaseLeases(std::string_view worker_prefix) override;
  absl::StatusOr<std::vector<DueRequest>> ExpireDue(int64_t now_ms, size_t max) override;
  absl::StatusOr<std::vector<std::optional<IdempotentHit>>> FindIdempotent(
      std::span<const IdempotencyRef> refs) override;
  absl::StatusOr<std::optional<TrackedRequest>> Get(std::string_view request_id) override;
  absl::StatusOr<UndeliveredPage> Undelivered(std::string_view caller, size_t max,
                                              std::string_view page_token) override;
  absl::StatusOr<std::vector<StateCount>> Counts() override;
  absl::StatusOr<std::optional<OldestRequest>> Oldest(Direction direction, State state) override;
  absl::StatusOr<ListPage> List(Direction direction, State state, size_t max,
                                std::string_view page_token) override;
  absl::Status Reset() override;

 private:
  // FCALL of `function` with the shard's prefix as its key.
  redis::Command Call(std::string function) const;
  std::string StateSet(Direction direction, State state) const;
  absl::Status FinishReset();

  const TrackerOptions options_;
  const std::string prefix_;
  redis::RedisClient writes_;
  redis::RedisClient reads_;

  Mutex mu_;
  // What Redis told us it has applied; less than that later means that it lost data.
  uint64_t applied_seen_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace chuanyu::exchange
