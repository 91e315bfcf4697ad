#include "services/family_economy/batch/submit_call.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "common/rpc/unknown_fields.h"

namespace chuanyu::family_economy {
namespace {

// Under this name the watchers hold the uploads, to end them when the service drains. No organisation has it.
constexpr char kUploads[] = "/uploads";

}  // namespace

SubmitCall* SubmitCall::Start(const BatchesDeps& deps, absl::StatusOr<Caller> caller,
                              v1::SubmitBatchResponse* response) {
  std::shared_ptr<SubmitCall> call(new SubmitCall(deps, std::move(caller), response));
  call->self_ = call;
  call->ticket_ = deps.watchers.Add(kUploads, [weak = std::weak_ptr<SubmitCall>(call)] {
    if (const auto upload = weak.lock()) upload->WakeToDrain();
  });
  if (!call->caller_.ok()) {
    call->End(call->caller_.status());
  } else if (deps.draining->load()) {
    call->End(MakeError(Reason::SHUTTING_DOWN));
  } else {
    call->ReadNext();
  }
  return call.get();
}

void SubmitCall::ReadNext() {
  MutexLock lock(mu_);
  if (!ended_) StartRead(&request_);
}

void SubmitCall::OnReadDone(bool ok) {
  if (!deps_.workers.Post([self = shared_from_this(), ok] { self->Work(!ok); })) {
    End(MakeError(Reason::QUOTA, {.detail = "the service is overloaded"}));
  }
}

void SubmitCall::Work(bool last) {
  {
    MutexLock lock(mu_);
    if (ended_) return;  // also the read that a cancelled call ends with
  }
  const absl::Status done = last ? Complete() : TakePart();
  if (last || !done.ok()) {
    End(done);
  } else {
    ReadNext();
  }
}

absl::Status SubmitCall::TakePart() {
  CHUANYU_RETURN_IF_ERROR(rpc::RejectOversized(request_));
  CHUANYU_RETURN_IF_ERROR(rpc::RejectUnknownFields(request_));
  if (request_.has_manifest() == batch_.has_value()) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = "part", .detail = "one manifest first, then chunks and nothing else"});
  }
  if (!batch_) {
    CHUANYU_ASSIGN_OR_RETURN(batch_, deps_.intake.Begin(caller_->org, request_.manifest()));
    return absl::OkStatus();
  }
  if (!request_.has_chunk()) return MakeError(Reason::BAD_REQUEST, {.field = "part"});
  CHUANYU_RETURN_IF_ERROR(deps_.intake.Add(*batch_, request_.chunk()));
  deps_.watchers.Notify(BatchStore::WatchName(caller_->org, batch_->manifest.batch_no()));
  return absl::OkStatus();
}

absl::Status SubmitCall::Complete() {
  if (!batch_) return MakeError(Reason::BAD_REQUEST, {.field = "manifest", .detail = "missing"});
  const absl::StatusOr<StoredBatch> stored = deps_.intake.Complete(*batch_);
  deps_.watchers.Notify(BatchStore::WatchName(caller_->org, batch_->manifest.batch_no()));
  CHUANYU_RETURN_IF_ERROR(stored.status());
  deps_.completed();
  CHUANYU_ASSIGN_OR_RETURN(*response_->mutable_batch(), ViewOf(deps_.store, *stored, deps_.clock.Now()));
  return absl::OkStatus();
}

void SubmitCall::WakeToDrain() {
  if (deps_.draining->load()) End(MakeError(Reason::SHUTTING_DOWN));
}

void SubmitCall::OnCancel() { End(absl::CancelledError()); }

void SubmitCall::End(const absl::Status& status) {
  MutexLock lock(mu_);
  if (std::exchange(ended_, true)) return;
  Finish(status.code() == absl::StatusCode::kCancelled ? grpc::Status::CANCELLED : rpc::ToGrpc(status));
}

void SubmitCall::OnDone() {
  deps_.watchers.Remove(kUploads, ticket_);
  const std::shared_ptr<SubmitCall> last = std::move(self_);
}

}  // namespace chuanyu::family_economy
