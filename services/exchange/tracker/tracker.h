// Where every request stands: states, timelines, leases, schedules and indexes in Redis 7.
//
//   auto tracker = Tracker::Open({.redis = {.unix_socket = "/run/chuanyu/redis.sock"}, .shard = "500000"});
//   auto results = (*tracker)->ApplyBatch(changes, durable.first_index() + durable.records().size());
//
// The tracker is derived from the journal and can be rebuilt from it; it never decides what happened. Every
// call is one pipelined round trip of the server-side functions in tracker_apply.lua, which apply a chunk of
// up to 256 changes atomically: state, timeline, indexes and counters of a request always agree. Nothing here
// reads a clock: times are the caller's, in ms since 1970 UTC. No value may hold personal data.
//
// All calls are thread-safe. ApplyBatch, Record and Apply share one connection, everything else another, so
// that lookups and leases do not queue behind a large batch.
//
// Errors: TRACKER_UNAVAILABLE when Redis cannot be reached, is loading, refuses writes or came back with
// older data. The call may or may not have taken effect then: repeat it, every call is idempotent.
// BAD_REQUEST, with nothing applied, when a field breaks its limit.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/redis/client.h"
#include "common/redis/server_check.h"
#include "services/exchange/tracker/state_machine.h"

namespace chuanyu::exchange {

// Who works on requests, and for how long a lease is good.
struct WorkerLease {
  std::string worker;         // "<node>/<process>/<n>" or alike, 1 to 48 bytes, without '|'
  uint64_t token = 0;         // random, not 0, new for every start of the worker's process
  int64_t lease_ms = 15'000;  // 3 renewals of 5 s: architecture §5
};

// What a worker holds: its writes only count while the request is still under this very lease. Attempts start
// over when the tracker is rebuilt or an operator releases a request; the token tells those leases apart.
struct Fence {
  uint32_t attempt = 0;
  uint64_t token = 0;
};

// A request that became durable in our journal.
struct NewRequest {
  std::string request_id;  // canonical UUID text, 36 characters
  Direction direction = Direction::kOut;
  std::string caller;           // "<region>/<org>/<system>", 1 to 255 bytes
  std::string peer_region;      // the other region, at most 16 bytes
  std::string operation;        // full gRPC method path, 1 to 255 bytes
  int64_t at_ms = 0;            // when it was journaled
  int64_t deadline_ms = 0;      // absolute
  std::string body_mac;         // 16 raw bytes, or empty when not known
  std::string idempotency_key;  // kOut: at most 64 bytes, empty for the request id itself; kIn: ignored
  std::string location;         // of the record and payload in the journal, at most 64 bytes
  uint64_t journal_index = 0;
  // kIn: start it at once under this lease (attempt 1), without a second round trip.
  std::optional<WorkerLease> lease_for;
};

// Something that happened to a request. Every event of state_machine.h but kSubmitted and kLeased.
struct Transition {
  std::string request_id;
  Event event = Event::kAnswered;
  int64_t at_ms = 0;
  std::optional<Fence> fence;  // required of workers, absent for records that are replayed
  std::string location;        // kAnswered, kRejected: of the answer's record; at most 64 bytes
  std::string outcome;         // "OK" or the name of a reason, at most 48 bytes
  int64_t due_ms = 0;          // kRetry: when the next attempt may be made
};

using TrackerChange = std::variant<NewRequest, Transition>;

enum class TrackOutcome : uint8_t {
  kIgnored,     // never returned: for records that the tracker does not follow
  kCreated,     // NewRequest: recorded
  kExisting,    // NewRequest: this id, or the caller's idempotency key, is known; nothing changed
  kApplied,     // Transition: done
  kAlready,     // Transition: had been done before, or a later step implies it
  kStaleFence,  // Transition: the request is not under that lease any more; nothing changed
  kBadState,    // Transition: not from its state; nothing changed
  kNotFound,    // Transition: no such request (never recorded, or past its retention)
};

struct TrackResult {
  TrackOutcome outcome = TrackOutcome::kIgnored;
  State state = State::kSubmitted;  // afterwards; meaningless for kIgnored and kNotFound
  uint32_t attempt = 0;             // attempts so far, the one under way included
  // NewRequest: it runs under the token of lease_for, now or since an earlier call whose reply was lost.
  bool under_lease = false;
  // kExisting only: the request that was recorded first.
  std::string request_id;
  std::string body_mac;
  std::string location;
  std::string answer_location;  // empty without an answer
};

// One attempt that the caller must now make, or park when MayRun (retry_policy.h) says so.
struct Leased {
  std::string request_id;
  uint32_t attempt = 0;
  uint64_t token = 0;
  std::string location;
  std::string operation;
  std::string caller;
  std::string peer_region;
  int64_t deadline_ms = 0;  // may have passed: then let it expire instead
};

struct LeaseRef {
  std::string request_id;
  Fence fence;
};

// A request whose deadline passed without an answer.
struct DueRequest {
  std::string request_id;
  Direction direction = Direction::kOut;
  State state = State::kSubmitted;
  std::string location;
};

struct IdempotencyRef {
  std::string caller;
  std::string key;  // as submitted; the request id when the caller gave none
};

struct IdempotentHit {
  std::string request_id;
  std::string body_mac;
  State state = State::kSubmitted;
  std::string location;
  std::string answer_location;  // empty without an answer
  std::string outcome;
  uint64_t journal_index = 0;
};

struct TimelineStep {
  int64_t at_ms = 0;
  std::string event;  // EventName; "RECEIVED" for the first of a kIn request
  uint32_t attempt = 0;
  std::string detail;  // reason, outcome or worker; at most 32 bytes
};

// Everything that is known of one request.
struct TrackedRequest {
  std::string request_id;
  Direction direction = Direction::kOut;
  State state = State::kSubmitted;
  std::string caller;
  std::string peer_region;
  std::string operation;
  int64_t submitted_ms = 0;
  int64_t deadline_ms = 0;
  std::string body_mac;
  std::string location;
  std::string answer_location;
  std::string outcome;
  std::string worker;  // of the newest lease
  uint64_t journal_index = 0;
  uint32_t attempts = 0;
  // Oldest first: the first 12 steps and the newest 24.
  std::vector<TimelineStep> timeline;
  uint64_t steps = 0;  // all steps, also those that the timeline no longer holds
};

// An answer that its asker has not stored yet.
struct UndeliveredAnswer {
  std::string request_id;
  std::string answer_location;
  std::string outcome;
};

struct UndeliveredPage {
  std::vector<UndeliveredAnswer> answers;  // oldest answer first
  std::string next_page_token;             // empty at the end
};

struct StateCount {
  Direction direction = Direction::kOut;
  State state = State::kSubmitted;
  // How many are in the state now; for terminal states how many reached it since the last rebuild.
  uint64_t count = 0;
};

// The first of a state in its order: the one longest in it; kRunning: whose lease ends next; kRetryWait:
// which is due next. Terminal states: the oldest that List still knows.
struct OldestRequest {
  std::string request_id;
  int64_t submitted_ms = 0;
  int64_t order_ms = 0;  // entered, lease end or due, as said above
};

struct ListedRequest {
  std::string request_id;
  int64_t order_ms = 0;
};

struct ListPage {
  std::vector<ListedRequest> requests;  // in the order of OldestRequest
  std::string next_page_token;          // empty at the end
};

struct TrackerOptions {
  redis::RedisOptions redis;
  redis::ServerProfile profile = redis::ServerProfile::kLedger;
  std::string shard = "0";  // [0-9A-Za-z._-]{1,32}; all keys begin with {cy<shard>}2:
  std::string origin;       // of the journal whose applied size is kept; at most 64 bytes
  // How long an ended request can be asked for and its idempotency key is remembered. 7 days: longer than any
  // caller repeats a submission; about 600 bytes a request.
  int64_t retention_ms = 7LL * 24 * 3600 * 1000;
};

class Tracker {
 public:
  // Connects, checks the server (CONFIG_INVALID says what is wrong), loads the functions, and finishes a
  // Reset that a crash interrupted.
  static absl::StatusOr<std::unique_ptr<Tracker>> Open(TrackerOptions options);
  virtual ~Tracker() = default;

  // Applies `changes` in order, in one round trip; one result each, in order. A chunk of 256 is atomic.
  // `applied_size`, when given, says that with these changes every journal record below it is applied; it is
  // remembered (never lowered) with the same atomicity.
  virtual absl::StatusOr<std::vector<TrackResult>> ApplyBatch(std::span<const TrackerChange> changes,
                                                              std::optional<uint64_t> applied_size) = 0;
  absl::StatusOr<std::vector<TrackResult>> Record(std::span<const NewRequest> requests);
  absl::StatusOr<std::vector<TrackResult>> Apply(std::span<const Transition> transitions);

  // Whether the server is there as far as this machine knows. Asks it nothing; see RedisClient::Reachable.
  virtual absl::Status Reachable() = 0;
  // Journal records below this are applied: replay from here at start. Never too high; may lag by one call
  // that brought more than 256 changes. When Redis came back with older data, ApplyBatch fails until this was
  // called: the caller then replays from what it returns.
  virtual absl::StatusOr<uint64_t> AppliedSize() = 0;

  // Takes up to `max` (at most 256) kIn requests: first those whose lease ended at or before `now_ms`, then
  // retries that are due, then new ones; oldest first. Each is an attempt more.
  virtual absl::StatusOr<std::vector<Leased>> Lease(const WorkerLease& lease, size_t max, int64_t now_ms) = 0;
  // Moves the ends of leases to now_ms + lease_ms. False for a lease that is lost: stop working on it.
  virtual absl::StatusOr<std::vector<bool>> Renew(std::span<const LeaseRef> leases, int64_t now_ms,
                                                  int64_t lease_ms) = 0;
  // Ends the leases of workers whose name starts with `worker_prefix`, so that a restarted node need not wait
  // for them. Returns how many.
  virtual absl::StatusOr<uint64_t> ReleaseLeases(std::string_view worker_prefix) = 0;

  // Requests without an answer whose deadline is at or before `now_ms`, oldest deadline first, at most `max`
  // (at most 1,024). They are returned again until kExpired is applied.
  virtual absl::StatusOr<std::vector<DueRequest>> ExpireDue(int64_t now_ms, size_t max) = 0;

  // One result each, in order. Only kOut requests have idempotency keys.
  virtual absl::StatusOr<std::vector<std::optional<IdempotentHit>>> FindIdempotent(
      std::span<const IdempotencyRef> refs) = 0;
  // Nullopt when not known.
  virtual absl::StatusOr<std::optional<TrackedRequest>> Get(std::string_view request_id) = 0;
  // Answers for the kOut requests of `caller` that are not delivered. `max` at most 1,024.
  virtual absl::StatusOr<UndeliveredPage> Undelivered(std::string_view caller, size_t max,
                                                      std::string_view page_token) = 0;

  // Every direction and state with at least one request.
  virtual absl::StatusOr<std::vector<StateCount>> Counts() = 0;
  virtual absl::StatusOr<std::optional<OldestRequest>> Oldest(Direction direction, State state) = 0;
  // Terminal states list the newest 1,000 only. `max` at most 1,024.
  virtual absl::StatusOr<ListPage> List(Direction direction, State state, size_t max,
                                        std::string_view page_token) = 0;

  // Forgets everything of this shard, the applied size included; the caller then replays the journal from 0.
  // Safe to interrupt: the next Open finishes it. No other call may run meanwhile.
  virtual absl::Status Reset() = 0;
};

}  // namespace chuanyu::exchange
