// One FamilyEconomyBatches.WatchBatch call: tells the batch as it is, and again after changes, without a
// thread of its own. While a message is on its way changes only set a mark, so a slow reader gets the newest
// numbers.
#pragma once

#include <memory>
#include <string>

#include "chuanyu/family_economy/v1/batch.grpc.pb.h"
#include "common/base/mutex.h"
#include "services/family_economy/batch/batches.h"

namespace chuanyu::family_economy {

// Thread-safe.
class WatchBatchCall final : public grpc::ServerWriteReactor<v1::WatchBatchResponse>,
                             public std::enable_shared_from_this<WatchBatchCall> {
 public:
  static WatchBatchCall* Start(const BatchesDeps& deps, std::string org, std::string batch_no);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  WatchBatchCall(const BatchesDeps& deps, std::string org, std::string batch_no)
      : deps_(deps), org_(std::move(org)), batch_no_(std::move(batch_no)) {}

  // The batch may have changed.
  void Changed() ABSL_LOCKS_EXCLUDED(mu_);
  void Look() ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<v1::Batch> Read() const;
  void PostLook() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void End(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const BatchesDeps& deps_;
  const std::string org_;
  const std::string batch_no_;
  std::shared_ptr<WatchBatchCall> self_;  // until OnDone
  uint64_t ticket_ = 0;

  Mutex mu_;
  bool busy_ ABSL_GUARDED_BY(mu_) = false;   // a look or a write is under way
  bool dirty_ ABSL_GUARDED_BY(mu_) = false;  // changed since that began
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  bool final_ ABSL_GUARDED_BY(mu_) = false;  // what was written last will not change
  int64_t version_ ABSL_GUARDED_BY(mu_) = 0;
  v1::WatchBatchResponse response_;  // belongs to the write under way
};

}  // namespace chuanyu::family_economy
