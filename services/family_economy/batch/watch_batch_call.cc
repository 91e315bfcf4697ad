#include "services/family_economy/batch/watch_batch_call.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"

namespace chuanyu::family_economy {

WatchBatchCall* WatchBatchCall::Start(const BatchesDeps& deps, std::string org, std::string batch_no) {
  std::shared_ptr<WatchBatchCall> call(new WatchBatchCall(deps, std::move(org), std::move(batch_no)));
  call->self_ = call;
  // Listening first, looking second: a change in between is not missed.
  call->ticket_ = deps.watchers.Add(BatchStore::WatchName(call->org_, call->batch_no_),
                                    [weak = std::weak_ptr<WatchBatchCall>(call)] {
                                      if (const auto watching = weak.lock()) watching->Changed();
                                    });
  call->Changed();
  return call.get();
}

void WatchBatchCall::Changed() {
  MutexLock lock(mu_);
  if (ended_) return;
  if (deps_.draining->load()) return End(rpc::ToGrpc(MakeError(Reason::SHUTTING_DOWN)));
  if (busy_) {
    dirty_ = true;
    return;
  }
  PostLook();
}

void WatchBatchCall::PostLook() {
  busy_ = true;
  dirty_ = false;
  if (!deps_.workers.Post([self = shared_from_this()] { self->Look(); })) {
    End(rpc::ToGrpc(MakeError(Reason::QUOTA, {.detail = "the service is overloaded"})));
  }
}

absl::StatusOr<v1::Batch> WatchBatchCall::Read() const {
  CHUANYU_ASSIGN_OR_RETURN(const StoredBatch batch, deps_.store.Find(org_, batch_no_));
  return ViewOf(deps_.store, batch, deps_.clock.Now());
}

void WatchBatchCall::Look() {
  absl::StatusOr<v1::Batch> found = Read();
  MutexLock lock(mu_);
  if (ended_) return;
  if (!found.ok()) return End(rpc::ToGrpc(found.status()));
  if (found->version() > version_) {
    version_ = found->version();
    final_ = found->state() == v1::BATCH_STATE_DONE || found->state() == v1::BATCH_STATE_REFUSED;
    *response_.mutable_batch() = *std::move(found);
    StartWrite(&response_);
    return;
  }
  busy_ = false;
  if (dirty_) PostLook();
}

void WatchBatchCall::OnWriteDone(bool ok) {
  MutexLock lock(mu_);
  if (ended_) return;
  if (!ok) return End(grpc::Status::CANCELLED);
  if (final_) return End(grpc::Status::OK);
  busy_ = false;
  if (dirty_) PostLook();
}

void WatchBatchCall::OnCancel() {
  MutexLock lock(mu_);
  if (!ended_) End(grpc::Status::CANCELLED);
}

void WatchBatchCall::End(const grpc::Status& status) {
  ended_ = true;
  Finish(status);
}

void WatchBatchCall::OnDone() {
  deps_.watchers.Remove(BatchStore::WatchName(org_, batch_no_), ticket_);
  const std::shared_ptr<WatchBatchCall> last = std::move(self_);
}

}  // namespace chuanyu::family_economy
