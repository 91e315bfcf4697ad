// The questions that are answered later: from the store to the exchange node, or to the departments' servers
// of this region (sources/source_desk.h), and the answers back into the store.
//
// Every crash is harmless: a question is in SQL before it is submitted, is submitted again at start while it
// has no receipt (the node knows its request id), and an answer is acknowledged only once it is in SQL, so
// the node sends it again until then. What was withdrawn stays marked in SQL until the node has been told.
// One thread of its own does all that blocks; it also follows the time limits of checks that wait.
// Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/exchange/v1/exchange.pb.h"
#include "chuanyu/family_economy/v1/provider.pb.h"
#include "common/base/mutex.h"
#include "common/clock/clock.h"
#include "common/exchange_client/exchange_client.h"
#include "common/telemetry/metrics.h"
#include "services/family_economy/case_store.h"

namespace chuanyu::family_economy {

// A question to departments of this region.
struct SourceQuestion {
  std::string request_id;
  v1::QueryStatusRequest question;
  std::string purpose;
  std::string authorization_no;
  std::string from_region;
};

class Remote {
 public:
  struct Options {
    std::string own_region;
    std::string legal_basis = "社会救助暂行办法§58";
    // How often deadlines are looked at, and what failed for the moment is tried again.
    absl::Duration tick = absl::Seconds(1);
    // A receipt is stored so much later: mostly the answer is there by then, and its transaction says as well
    // that the node had the question. Until then a crash only asks once more, which is harmless.
    absl::Duration receipt_pause = absl::Milliseconds(50);
    ExchangeClientOptions client = {};
    // Takes answers that belong to no check, on the thread that stores answers. Without it they are left with
    // the node.
    std::function<void(exchange::v1::Answer)> others = nullptr;
    // Makes a question to departments of this region durable; TakeSourceAnswer brings what came of it. May
    // block, and run again for the same question. Without it such questions wait for their time limit.
    std::function<absl::Status(const SourceQuestion& question)> ask_source = nullptr;
    // Nobody waits for it any more; also called for questions that went elsewhere. May block.
    std::function<absl::Status(const std::string& request_id)> cancel_source = nullptr;
    Metrics* metrics = nullptr;
  };
  // Runs after each change of a check, on the thread that made it.
  using ChangedFn = std::function<void(const std::string& verification_no)>;

  // Submits what has no receipt at once. `store` and `clock` outlive the object.
  Remote(CaseStore& store, const Clock& clock, std::shared_ptr<grpc::Channel> node, const Options& options,
         ChangedFn changed);
  // As Stop().
  ~Remote();
  Remote(const Remote&) = delete;
  Remote& operator=(const Remote&) = delete;

  // Submits one question of a stored check. When that fails for the moment, it is tried again.
  void Ask(const v1::Verification& verification, const std::string& request_id, const std::string& payload)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Stores what the departments of this region say. OK also when nobody waits for it any more;
  // CASE_NOT_FOUND for a question that is not known here. Blocks; on any thread.
  absl::Status TakeSourceAnswer(const std::string& request_id, const v1::QueryStatusResponse& response);

  // The connection that every question of this system takes: a node sends all its answers to one stream.
  ExchangeClient& client() { return *client_; }

  // Looks at deadlines and at what is to be withdrawn now instead of at the next tick.
  void Wake() ABSL_LOCKS_EXCLUDED(mu_);

  // Questions that were sent off and have no receipt yet.
  size_t in_flight() const { return client_->in_flight(); }

  // Stores what has arrived, then ends. Questions without receipt stay in the store.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  static constexpr int kGroups = 4;  // SourceGroup
  struct Receipt {
    std::string request_id;
    absl::Status status;
    absl::Time due = {};  // when it is stored; the machine's clock
  };

  exchange::v1::Submission SubmissionFor(const v1::Verification& verification, const std::string& request_id,
                                         const std::string& payload) const;
  absl::Status AskSource(const v1::Verification& verification, const v1::RemoteQuery& query,
                         const std::string& payload) const;
  void Run() ABSL_LOCKS_EXCLUDED(mu_);
  // Those that have waited long enough, or all.
  void TakeReceipts(bool all);
  void TakeReceipt(const Receipt& receipt);
  // False when it could not be stored and must be taken again.
  bool StoreAnswer(const exchange::v1::Answer& answer);
  // What an answer says about the classes asked.
  struct Said {
    std::vector<v1::ClassResult> results;
    std::vector<v1::VerificationType> open_checks = {};
  };
  // `arrived`: whoever is asked has the question.
  absl::Status Record(const std::string& request_id, bool arrived, const std::string& outcome,
                      const std::function<Said(const std::vector<v1::DataClass>&)>& read);
  void AddCounters(Metrics& metrics);
  void FollowTimeLimits();
  void CountFollowed(const v1::Verification& before, const v1::Verification& after);
  void CountTold(const v1::Verification& before, const v1::Verification& after);
  void WithdrawOpen();
  void AskAgain();

  CaseStore& store_;
  const Clock& clock_;
  const Options options_;
  const ChangedFn changed_;

  Mutex mu_;
  CondVar wakes_;
  std::deque<Receipt> receipts_ ABSL_GUARDED_BY(mu_);
  std::deque<exchange::v1::Answer> answers_ ABSL_GUARDED_BY(mu_);
  bool ask_again_ ABSL_GUARDED_BY(mu_) = true;  // at start: whatever has no receipt
  bool woken_ ABSL_GUARDED_BY(mu_) = false;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;

  Counter reminded_[kGroups];
  Counter overdue_[kGroups];
  Counter acts_reminded_;
  Counter acts_overdue_;
  bool withdrawing_fails_ = false;         // of the thread: said once, not at every tick
  std::deque<Receipt> unstored_receipts_;  // of the thread: those that came first first

  std::unique_ptr<ExchangeClient> client_;
  std::thread thread_;
};

}  // namespace chuanyu::family_economy
