// Carries what is in an OutboxStore to the exchange node, and the answers back. One thread of its own does
// all that blocks, so answers are taken in one after the other.
//
// Every crash is harmless: a message is in SQL before it is submitted, is submitted again at start while it
// has no answer (the node knows its request id), and an answer is acknowledged only once `take` has stored
// it. A message that comes back with an error goes out again later under a new id: these messages must
// arrive. Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/mutex.h"
#include "common/base/uuid.h"
#include "common/clock/clock.h"
#include "common/exchange_client/exchange_client.h"
#include "common/outbox/outbox_store.h"

namespace chuanyu {

class OutboxSender {
 public:
  struct Options {
    std::string legal_basis;
    // How often is looked for what other processes or a failure left behind.
    absl::Duration tick = absl::Seconds(1);
    // After an error of the other side or of the node; long enough not to fill a journal with refusals.
    absl::Duration retry_after = absl::Seconds(30);
    // An exchange node keeps a request so long while the other region is away.
    absl::Duration deadline = absl::Hours(24 * 30);
    ExchangeClientOptions client = {};
  };
  // Takes in the answer to a message: in one transaction the effect, and OutboxStore::Remove. Anything but
  // OK: again at the next tick. Runs on the thread of this object.
  using TakeFn = std::function<absl::Status(const OutboxMessage& message, const std::string& payload)>;
  // Something that the owner does at each tick and after each answer, on the same thread.
  using TickFn = std::function<void()>;

  // `store` and `clock` outlive the object.
  OutboxSender(OutboxStore& store, const Clock& clock, std::shared_ptr<grpc::Channel> node,
               const Options& options, TakeFn take, TickFn each_tick);
  // Over the connection of somebody else of the same system, because a node sends all its answers to one
  // stream: its owner hands the answers that are ours (OutboxStore::Find) to TakeLater.
  OutboxSender(OutboxStore& store, const Clock& clock, const Options& options, TakeFn take, TickFn each_tick);
  // Begins to send and to take answers in: once everything that `take` and `each_tick` use is there. Once.
  void Start();
  // The same over somebody else's connection, which is shut down before this object stops and outlives it.
  void Start(ExchangeClient& client);
  // As Stop().
  ~OutboxSender();
  OutboxSender(const OutboxSender&) = delete;
  OutboxSender& operator=(const OutboxSender&) = delete;

  // Asks at once and keeps nothing: for questions whose asker waits. `answered` runs once, on a thread of
  // gRPC's or of this object: with the answer's payload, with its error, DEADLINE_PASSED when there is none
  // by `deadline`, or SHUTTING_DOWN. The message needs no request_id.
  using AnsweredFn = std::function<void(absl::StatusOr<std::string> payload)>;
  void Ask(OutboxMessage message, absl::Duration deadline, AnsweredFn answered) ABSL_LOCKS_EXCLUDED(mu_);

  // An answer that came to the owner of the connection; does not block.
  void TakeLater(exchange::v1::Answer answer) ABSL_LOCKS_EXCLUDED(mu_);

  // Looks now at what is to be sent: after a transaction that added something.
  void Wake() ABSL_LOCKS_EXCLUDED(mu_);
  ExchangeClient& client() { return *client_; }
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Event {
    std::string request_id;
    absl::Status refused;  // of the submission; OK with an answer
    std::unique_ptr<exchange::v1::Answer> answer = {};
  };

  struct Asked {
    absl::Time until;
    AnsweredFn answered;
  };

  exchange::v1::Submission SubmissionOf(const OutboxMessage& message, absl::Time deadline) const;
  // Hands the outcome to who asked; false when nobody did.
  bool Settle(const std::string& request_id, absl::StatusOr<std::string> outcome) ABSL_LOCKS_EXCLUDED(mu_);
  void EndOverdue() ABSL_LOCKS_EXCLUDED(mu_);
  void Run() ABSL_LOCKS_EXCLUDED(mu_);
  // What is new since the last look; at each tick everything, also what a failure left behind.
  void SendDue(bool everything);
  void Submit(const OutboxMessage& message);
  // False when it must be taken again.
  bool Handle(const Event& event);
  bool TakeAnswer(const exchange::v1::Answer& answer);
  bool SendLater(const std::string& request_id, const absl::Status& why);
  void Push(Event event) ABSL_LOCKS_EXCLUDED(mu_);

  OutboxStore& store_;
  const Clock& clock_;
  const Options options_;
  const TakeFn take_;
  const TickFn each_tick_;
  UuidV7Generator ids_;
  std::set<std::string> submitted_;  // of the thread: with the node, as far as this process knows
  std::string newest_;               // of the thread: the last id that was looked at

  Mutex mu_;
  CondVar wakes_;
  std::deque<Event> events_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, Asked> asked_ ABSL_GUARDED_BY(mu_);
  bool woken_ ABSL_GUARDED_BY(mu_) = true;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;

  std::unique_ptr<ExchangeClient> own_client_;  // nothing: somebody else's
  ExchangeClient* client_ = nullptr;
  std::thread thread_;
};

}  // namespace chuanyu
