// Answers on their way to the systems that asked: to an open stream of that system, and to whoever awaits one
// request. Holds nothing durable: the tracker knows what is undelivered, so a lost mailbox loses nothing.
// Thread-safe; sinks and waiters are called without the lock held.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "chuanyu/exchange/v1/exchange.pb.h"
#include "common/base/mutex.h"

namespace chuanyu::exchange {

// Where answers of one system go while its stream is open.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  virtual void OnAnswers(const std::vector<std::shared_ptr<const v1::Answer>>& answers) = 0;
};

class Mailbox {
 public:
  using Waiter = std::function<void(std::shared_ptr<const v1::Answer>)>;

  void Attach(const std::string& caller, std::shared_ptr<AnswerSink> sink) ABSL_LOCKS_EXCLUDED(mu_);
  void Detach(const std::string& caller, const AnswerSink* sink) ABSL_LOCKS_EXCLUDED(mu_);

  // Hands the answers to a stream of `caller` (the newest one) and to their waiters.
  void Deliver(const std::string& caller, const std::vector<std::shared_ptr<const v1::Answer>>& answers)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Calls `waiter` once, when the request's answer is delivered. Returns a ticket for StopAwaiting.
  uint64_t Await(const std::string& request_id, Waiter waiter) ABSL_LOCKS_EXCLUDED(mu_);
  // False when the waiter was already called or is being called.
  bool StopAwaiting(const std::string& request_id, uint64_t ticket) ABSL_LOCKS_EXCLUDED(mu_);

  // Removes `request_id` from what was delivered to a stream of `caller`. False when it was not, or when it
  // was taken before: the caller may still own it (sent again from the tracker after a reconnect or a
  // restart), so the tracker decides.
  bool TakeHandedOut(const std::string& caller, const std::string& request_id) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // Remembered answers of one caller; of what is beyond it the tracker knows the owner.
  static constexpr size_t kMaxHandedOut = 65'536;

  struct Waiting {
    uint64_t ticket;
    Waiter waiter;
  };
  void Remember(const std::string& caller, const std::string& request_id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  Mutex mu_;
  uint64_t next_ticket_ ABSL_GUARDED_BY(mu_) = 1;
  absl::flat_hash_map<std::string, std::vector<std::shared_ptr<AnswerSink>>> sinks_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, std::vector<Waiting>> waiters_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<std::string, absl::flat_hash_set<std::string>> handed_out_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu::exchange
