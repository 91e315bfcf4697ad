// One FamilyEconomyBatches.SubmitBatch call. One message is looked at at a time, on a worker, and the next
// one is read after it is stored: a fast sender waits in gRPC's flow control, and memory holds one chunk a
// call.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/batch.grpc.pb.h"
#include "common/base/mutex.h"
#include "common/service/calls.h"
#include "services/family_economy/batch/batches.h"

namespace chuanyu::family_economy {

class SubmitCall final : public grpc::ServerReadReactor<v1::SubmitBatchRequest>,
                         public std::enable_shared_from_this<SubmitCall> {
 public:
  // Ends at once when `caller` is an error.
  static SubmitCall* Start(const BatchesDeps& deps, absl::StatusOr<Caller> caller,
                           v1::SubmitBatchResponse* response);

  void OnReadDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  SubmitCall(const BatchesDeps& deps, absl::StatusOr<Caller> caller, v1::SubmitBatchResponse* response)
      : deps_(deps), caller_(std::move(caller)), response_(response) {}

  // On a worker: what was read, or the end of it.
  void Work(bool last);
  absl::Status TakePart();
  absl::Status Complete();
  void WakeToDrain() ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the call; the second and later calls do nothing.
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  void ReadNext() ABSL_LOCKS_EXCLUDED(mu_);

  const BatchesDeps& deps_;
  const absl::StatusOr<Caller> caller_;
  v1::SubmitBatchResponse* const response_;
  std::shared_ptr<SubmitCall> self_;  // until OnDone
  uint64_t ticket_ = 0;
  v1::SubmitBatchRequest request_;    // gRPC's while a read is under way, then the worker's
  std::optional<StoredBatch> batch_;  // the worker's; there is one at a time

  Mutex mu_;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace chuanyu::family_economy
