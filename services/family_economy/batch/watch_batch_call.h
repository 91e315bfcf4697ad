// One FamilyEconomyBatches.WatchBatch call.
#pragma once

#include <string>
#include <utility>

#include "chuanyu/family_economy/v1/batch.grpc.pb.h"
#include "common/service/watching.h"
#include "services/family_economy/batch/batches.h"

namespace chuanyu::family_economy {

class WatchBatchCall final : public Watching<v1::WatchBatchResponse> {
 public:
  // `deps` must outlive the call.
  WatchBatchCall(const BatchesDeps& deps, std::string org, std::string batch_no)
      : Watching({deps.watchers, deps.workers, deps.draining}, BatchStore::WatchName(org, batch_no)),
        deps_(deps),
        org_(std::move(org)),
        batch_no_(std::move(batch_no)) {}

 private:
  absl::StatusOr<Seen> Read() const override;

  const BatchesDeps& deps_;
  const std::string org_;
  const std::string batch_no_;
};

}  // namespace chuanyu::family_economy
