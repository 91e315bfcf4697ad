// Asks departments' servers and waits for them, however long that takes within the time limit.
//
//   Begin ─▶ [store] ─▶ one thread a department: Query, or Collect while there is a ticket ─▶ [store]
//            all asks of a question finished, or their time limit passed ─▶ delivering thread ─▶ DeliverFn
//
// Every crash is harmless: a question is in SQL before Begin returns, the server knows repeats by query_id,
// and a question is deleted only once its answer was taken. A department that is down holds up itself alone:
// it is left in peace for a growing pause and nobody waits for its thread. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/base/uuid.h"
#include "common/clock/clock.h"
#include "common/telemetry/metrics.h"
#include "services/family_economy/registers/field_matrix.h"
#include "services/family_economy/rules/time_limits.h"
#include "services/family_economy/sources/lookup_store.h"
#include "services/family_economy/sources/register_client.h"

namespace chuanyu::family_economy {

class SourceDesk {
 public:
  struct Deps {
    LookupStore& store;
    const FieldMatrix& matrix;
    const WorkCalendar& calendar;
    const Clock& clock;
    TimeLimits limits = {};
    // How often time limits are looked at, and what another process left behind.
    absl::Duration tick = absl::Seconds(1);
    Metrics* metrics = nullptr;
  };
  // Takes a complete answer, without fields that the purpose may not see. Any error but one that says that
  // nobody waits any more (CASE_NOT_FOUND, STATE_CONFLICT, PAYLOAD_ERASED, IDEMPOTENCY_CONFLICT) makes it
  // come again.
  using DeliverFn =
      std::function<absl::Status(const FinishedLookup& lookup, const v1::QueryStatusResponse& answer)>;

  SourceDesk(const Deps& deps, std::vector<std::unique_ptr<RegisterClient>> clients);
  // As Stop().
  ~SourceDesk();
  SourceDesk(const SourceDesk&) = delete;
  SourceDesk& operator=(const SourceDesk&) = delete;

  // Makes the question durable, once. `lookup.answer` says ANSWER_PENDING for what departments have to
  // answer. CALENDAR_NOT_LOADED; STORE_UNAVAILABLE.
  absl::Status Begin(const std::string& request_id, LookupFor waiting, const v1::StoredLookup& lookup)
      ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<bool> Has(const std::string& request_id) { return deps_.store.Has(request_id); }
  absl::Status Cancel(const std::string& request_id) { return deps_.store.Remove(request_id); }

  void Start(DeliverFn deliver);
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Department {
    std::unique_ptr<RegisterClient> client;
    // Of its thread.
    absl::Time paused_until = absl::InfinitePast();
    absl::Duration pause;
    Counter answered;
    Counter later;
    Counter failed;
    Gauge open;
    std::thread thread;
  };

  void Serve(Department& department) ABSL_LOCKS_EXCLUDED(mu_);
  // False when the department is down.
  bool Ask(Department& department, DueAsk ask);
  void Deliver() ABSL_LOCKS_EXCLUDED(mu_);
  void DeliverRound();
  void EndOverdue();
  void CountOpen();
  // Waits for work, the tick or the end; false at the end.
  bool Wait(uint64_t* seen) ABSL_LOCKS_EXCLUDED(mu_);
  void Wake() ABSL_LOCKS_EXCLUDED(mu_);
  const Department* DepartmentFor(v1::DataClass data_class) const;

  const Deps deps_;
  std::vector<std::unique_ptr<Department>> departments_;
  DeliverFn deliver_;
  UuidV7Generator ids_;

  Mutex mu_;
  CondVar wakes_;
  uint64_t work_ ABSL_GUARDED_BY(mu_) = 0;  // goes up when there is something to do
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread deliverer_;
};

}  // namespace chuanyu::family_economy
