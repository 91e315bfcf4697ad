// Lets submissions in: one thread takes everything that waits, a lone one at once, a crowd as one batch.
//
//   Submit ─▶ [queue] ─▶ admission thread: envelope, policy, quota; repeats by one question to the tracker
//                          ─▶ Pipeline (journal, tracker) ─▶ done: receipt or reason
//
// What survives a crash where: before the pipeline nothing exists; in it, see pipeline.h. The caller repeats,
// and a repeat gets the receipt of what was recorded first.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "chuanyu/exchange/v1/exchange.pb.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "common/policy/policy.h"
#include "services/exchange/intake/envelope.h"
#include "services/exchange/intake/in_flight.h"
#include "services/exchange/intake/quota.h"
#include "services/exchange/intake/recent_ids.h"
#include "services/exchange/intake/refusals.h"
#include "services/exchange/journal/journal.h"
#include "services/exchange/pipeline/pipeline.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {

// A submission that waits. `done` runs once, on the admission thread, on the pipeline's tracker thread, or on
// the caller's when Submit refuses; it must not block.
struct PendingSubmission {
  Submitter submitter;
  v1::Submission submission;
  AdmittedCallback done;
};

class Admission {
 public:
  struct Options {
    std::string own_region;
    size_t max_waiting = 16'384;  // beyond this, QUOTA: about a second of work
    size_t max_waiting_bytes = 256u << 20;
    size_t max_batch = 1'024;  // bounds the time of one round, not the queue
    size_t max_group = 256;    // drafts that reach the journal as one group
    size_t max_group_bytes = 4u << 20;
    // When this process opened the journal; 0 only when the journal was empty then. Ids made up to the
    // allowed skew after it may have been used before, so the tracker is asked about them.
    int64_t ids_known_from_ms = 0;
  };
  using CurrentPolicy = std::function<std::shared_ptr<const policy::Policy>()>;
  // OK, or why nothing is taken now (WITNESS_UNAVAILABLE).
  using Guard = std::function<absl::Status()>;

  // Its callbacks run inside the pipeline: stop the pipeline before this goes away.
  Admission(Journal& journal, Tracker& tracker, Pipeline& pipeline, Refusals& refusals, const Clock& clock,
            CurrentPolicy policy, Guard witness_guard, Options options);
  // As Stop().
  ~Admission();

  void Start();
  // Finishes what waits; later submissions get SHUTTING_DOWN. Stop it before the pipeline.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

  void Submit(std::vector<PendingSubmission> submissions) ABSL_LOCKS_EXCLUDED(mu_);

  // OK when submissions are taken now: witnesses, journal and tracker work.
  absl::Status Ready() const;

 private:
  // A submission that passed the border.
  struct Candidate {
    v1::JournalRecord record;
    std::string payload;
    AdmittedCallback done;
  };

  void Run();
  std::vector<PendingSubmission> TakeWaiting() ABSL_LOCKS_EXCLUDED(mu_);
  void Admit(std::vector<PendingSubmission> batch);
  absl::StatusOr<Candidate> Check(PendingSubmission& pending, const policy::Policy& policy);
  bool Reserve(Candidate& candidate);
  bool TakeIfSurelyNew(const v1::JournalRecord& record);
  void AskTracker(std::vector<Candidate> leaders, std::vector<Candidate>& fresh);
  void Settle(std::vector<Candidate> leaders);
  absl::Status CheckReplay(const v1::JournalRecord& record);
  void SubmitGroups(std::vector<Candidate> fresh);
  void SubmitGroup(std::vector<Candidate> members);
  void Refuse(const Candidate& candidate, const absl::Status& why);
  void Finish(const Candidate& candidate, const Admitted& admitted);

  Journal& journal_;
  Tracker& tracker_;
  Pipeline& pipeline_;
  Refusals& refusals_;
  const Clock& clock_;
  const CurrentPolicy policy_;
  const Guard witness_guard_;
  const Options options_;

  // The admission thread alone.
  QuotaKeeper quota_;
  RecentIds recent_ids_;

  InFlight in_flight_;

  Mutex mu_;
  CondVar wakes_;
  std::deque<PendingSubmission> waiting_ ABSL_GUARDED_BY(mu_);
  size_t waiting_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

// The outcome of a repeat of `record` whose first submission the tracker knows as `hit`: the first receipt,
// or IDEMPOTENCY_CONFLICT when the bodies differ. When the first payload was erased, the envelopes decide.
Admitted AnswerRepeat(Journal& journal, const IdempotentHit& hit, const v1::JournalRecord& record,
                      std::string_view payload);

}  // namespace chuanyu::exchange
