// Carries the batches through: asks the other regions about chunks and about the lines that hit, a bounded
// number at a time, and stores the answers in groups. One thread does all that blocks.
//
// Every crash is harmless: a question is in SQL under its request id before it is asked, is asked again at
// start while it has no answer (the node knows the id), and an answer is acknowledged only once it is stored.
// Memory does not grow with a batch: what waits, waits in SQL. Thread-safe. One runner a database.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "chuanyu/exchange/v1/exchange.pb.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "common/exchange_client/exchange_client.h"
#include "services/family_economy/batch/batch_store.h"

namespace chuanyu::family_economy {

class BatchRunner {
 public:
  struct Options {
    std::string legal_basis = "社会救助暂行办法§58";
    // Chunks (160 kB each) on their way at once: enough that neither region waits for the other. More were no
    // faster and took more memory.
    size_t max_matches = 2;
    // Lines whose details are on their way.
    size_t max_details = 256;
    // An answer that takes longer is an error of its lines. A weekend and a day for a peer that is down.
    absl::Duration answer_within = absl::Hours(72);
    // How often what failed for the moment is tried again.
    absl::Duration tick = absl::Seconds(1);
  };
  // Runs after each change of a batch, with BatchStore::WatchName, on the thread of this object.
  using ChangedFn = std::function<void(const std::string& name)>;

  // `store` and `clock` outlive the object.
  BatchRunner(BatchStore& store, BatchStore::Rules rules, const Clock& clock, const Options& options,
              ChangedFn changed);
  // As Stop().
  ~BatchRunner();
  BatchRunner(const BatchRunner&) = delete;
  BatchRunner& operator=(const BatchRunner&) = delete;

  // Begins, with what a process before this one left. `client` outlives the running.
  void Start(ExchangeClient& client);
  // A batch was completed.
  void Wake() ABSL_LOCKS_EXCLUDED(mu_);
  // An answer that may belong to a batch. Does not block.
  void Take(exchange::v1::Answer answer) ABSL_LOCKS_EXCLUDED(mu_);
  // Stores what has arrived, then ends. Call it after the client was shut down.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Cursors {
    std::string match;
    std::string details;
  };

  void Run() ABSL_LOCKS_EXCLUDED(mu_);
  // False when nothing could be stored and all of it must be taken again.
  bool Store(const std::vector<BatchAnswer>& answers);
  void Settle(const std::string& request_id);
  void Fill();
  absl::Status FillBatch(const StoredBatch& batch);
  absl::Status Ask(const StoredBatch& batch, BatchStore::Step step, std::string& cursor,
                   absl::flat_hash_set<std::string>& asked, size_t limit);
  void Submit(const StoredBatch& batch, const BatchQuestion& question);
  void ForgetPersons();

  BatchStore& store_;
  const BatchStore::Rules rules_;
  const Clock& clock_;
  const Options options_;
  const ChangedFn changed_;
  ExchangeClient* client_ = nullptr;  // set before the thread starts

  // Of the thread alone.
  std::vector<StoredBatch> running_;
  std::map<int64_t, Cursors> cursors_;
  absl::flat_hash_set<std::string> matches_;  // request ids on their way
  absl::flat_hash_set<std::string> details_;
  bool forget_ = true;  // at start: what was not forgotten before a crash

  Mutex mu_;
  CondVar wakes_;
  std::deque<BatchAnswer> answers_ ABSL_GUARDED_BY(mu_);
  std::deque<std::string> refused_ ABSL_GUARDED_BY(mu_);  // for the moment
  bool woken_ ABSL_GUARDED_BY(mu_) = true;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace chuanyu::family_economy
