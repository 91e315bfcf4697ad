// Acknowledged answers become DELIVERED records. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "common/base/mutex.h"
#include "common/base/worker_pool.h"
#include "services/exchange/intake/envelope.h"
#include "services/exchange/intake/mailbox.h"
#include "services/exchange/pipeline/pipeline.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

class Acknowledger {
 public:
  enum class Unknown {
    kRefuse,  // nothing is recorded when one id is not the caller's
    kSkip,    // it is passed over
  };
  using Done = std::function<void(const absl::Status&)>;

  Acknowledger(Mailbox& mailbox, Tracker& tracker, Pipeline& pipeline, WorkerPool& workers);

  // Never blocks. `done` runs once, when the records are durable and tracked: CASE_NOT_FOUND for a request
  // that is not `caller`'s, STATE_CONFLICT for one that has no answer, with its place in the list.
  // Idempotent: what is delivered already is passed over, and what is being recorded is waited for, so that a
  // request has one DELIVERED record however often its answer was sent and acknowledged.
  void Acknowledge(const Submitter& caller, std::vector<std::string> request_ids, Unknown unknown, Done done);

 private:
  // Requests that one call is recording; given back when it is done. Shared with the callbacks of the
  // pipeline, which may outlive the acknowledger.
  class Recording;
  struct Busy {
    Mutex mu;
    absl::flat_hash_set<std::string> keys ABSL_GUARDED_BY(mu);  // caller, request_id
  };

  absl::Status Check(const Submitter& caller, std::vector<std::string>& request_ids, Unknown unknown);
  void Record(const Submitter& caller, const std::vector<std::string>& request_ids,
              const std::shared_ptr<const Recording>& recording, Done done);

  const std::shared_ptr<Busy> busy_ = std::make_shared<Busy>();
  Mailbox& mailbox_;
  Tracker& tracker_;
  Pipeline& pipeline_;
  WorkerPool& workers_;
};

}  // namespace chuanyu::exchange
