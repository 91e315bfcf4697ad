// chuanyu.family_economy.v1.FamilyEconomyBatches: the periodic re-check, for systems of this region. Every
// handler authorises first (role system, own region), and hands blocking work to the worker pool.
//
// Shutdown order: Drain, rpc::Server::Shutdown, Remote::Stop, BatchRunner::Stop, workers, store.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "chuanyu/family_economy/v1/batch.grpc.pb.h"
#include "common/base/worker_pool.h"
#include "common/clock/clock.h"
#include "common/service/watchers.h"
#include "services/family_economy/batch/batch_intake.h"
#include "services/family_economy/batch/batch_store.h"

namespace chuanyu::family_economy {

struct BatchesDeps {
  BatchIntake& intake;
  BatchStore& store;
  Watchers& watchers;  // by BatchStore::WatchName
  WorkerPool& workers;
  const Clock& clock;
  std::string own_region;
  std::function<void()> completed;  // a batch may now be asked about
  std::shared_ptr<std::atomic<bool>> draining = std::make_shared<std::atomic<bool>>(false);
};

class Batches final : public v1::FamilyEconomyBatches::CallbackService {
 public:
  explicit Batches(BatchesDeps deps) : deps_(std::move(deps)) {}

  // Ends uploads and watching calls with SHUTTING_DOWN; later ones get it at once.
  void Drain();

  grpc::ServerReadReactor<v1::SubmitBatchRequest>* SubmitBatch(grpc::CallbackServerContext* context,
                                                               v1::SubmitBatchResponse* response) override;
  grpc::ServerUnaryReactor* GetBatch(grpc::CallbackServerContext* context, const v1::GetBatchRequest* request,
                                     v1::GetBatchResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchBatchResponse>* WatchBatch(grpc::CallbackServerContext* context,
                                                               const v1::WatchBatchRequest* request) override;
  grpc::ServerUnaryReactor* ListBatchResults(grpc::CallbackServerContext* context,
                                             const v1::ListBatchResultsRequest* request,
                                             v1::ListBatchResultsResponse* response) override;
  grpc::ServerUnaryReactor* ListBatchWarnings(grpc::CallbackServerContext* context,
                                              const v1::ListBatchWarningsRequest* request,
                                              v1::ListBatchWarningsResponse* response) override;
  grpc::ServerUnaryReactor* SetWarningDisposition(grpc::CallbackServerContext* context,
                                                  const v1::SetWarningDispositionRequest* request,
                                                  v1::SetWarningDispositionResponse* response) override;

 private:
  // Authorises, then runs `work` with the caller's organisation on a worker and finishes with its status.
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context,
                                const google::protobuf::Message& request,
                                std::function<absl::Status(const std::string& org)> work);

  const BatchesDeps deps_;
};

// A batch with its counts, as callers see it.
absl::StatusOr<v1::Batch> ViewOf(BatchStore& store, const StoredBatch& batch, absl::Time now);

}  // namespace chuanyu::family_economy
