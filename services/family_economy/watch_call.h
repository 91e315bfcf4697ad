// One FamilyEconomy.WatchVerification call: tells the check as it is, and again after each change, without a
// thread of its own. While a message is on its way changes only set a mark, so a slow reader gets the newest
// state and costs nothing meanwhile.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "chuanyu/family_economy/v1/family_economy.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/base/worker_pool.h"
#include "services/family_economy/case_store.h"
#include "services/family_economy/watchers.h"

namespace chuanyu::family_economy {

// Thread-safe.
class WatchCall final : public grpc::ServerWriteReactor<v1::WatchVerificationResponse>,
                        public std::enable_shared_from_this<WatchCall> {
 public:
  struct Deps {
    CaseStore& store;
    Watchers& watchers;
    WorkerPool& workers;
    std::shared_ptr<const std::atomic<bool>> draining;  // ends the call when true and woken
  };

  static WatchCall* Start(const Deps& deps, std::string org, std::string verification_no);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  WatchCall(const Deps& deps, std::string org, std::string verification_no)
      : deps_(deps), org_(std::move(org)), verification_no_(std::move(verification_no)) {}

  // The check may have changed.
  void Changed() ABSL_LOCKS_EXCLUDED(mu_);
  void Look() ABSL_LOCKS_EXCLUDED(mu_);
  void PostLook() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void End(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Deps deps_;
  const std::string org_;
  const std::string verification_no_;
  std::shared_ptr<WatchCall> self_;  // until OnDone
  uint64_t ticket_ = 0;

  Mutex mu_;
  bool busy_ ABSL_GUARDED_BY(mu_) = false;   // a look or a write is under way
  bool dirty_ ABSL_GUARDED_BY(mu_) = false;  // changed since that began
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  bool final_ ABSL_GUARDED_BY(mu_) = false;  // what was written last will not change
  int64_t version_ ABSL_GUARDED_BY(mu_) = 0;
  v1::WatchVerificationResponse response_;  // belongs to the write under way
};

}  // namespace chuanyu::family_economy
