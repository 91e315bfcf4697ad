#include "services/family_economy/watch_call.h"

#include <utility>

#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {

WatchCall* WatchCall::Start(const Deps& deps, std::string org, std::string verification_no) {
  std::shared_ptr<WatchCall> call(new WatchCall(deps, std::move(org), std::move(verification_no)));
  call->self_ = call;
  // Listening first, looking second: a change in between is not missed.
  call->ticket_ = deps.watchers.Add(call->verification_no_, [weak = std::weak_ptr<WatchCall>(call)] {
    if (const auto watching = weak.lock()) watching->Changed();
  });
  call->Changed();
  return call.get();
}

void WatchCall::Changed() {
  MutexLock lock(mu_);
  if (ended_) return;
  if (deps_.draining->load()) return End(rpc::ToGrpc(MakeError(Reason::SHUTTING_DOWN)));
  if (busy_) {
    dirty_ = true;
    return;
  }
  PostLook();
}

void WatchCall::PostLook() {
  busy_ = true;
  dirty_ = false;
  if (!deps_.workers.Post([self = shared_from_this()] { self->Look(); })) {
    End(rpc::ToGrpc(MakeError(Reason::QUOTA, {.detail = "the service is overloaded"})));
  }
}

void WatchCall::Look() {
  const absl::StatusOr<v1::Verification> found = deps_.store.Get(org_, verification_no_);
  MutexLock lock(mu_);
  if (ended_) return;
  if (!found.ok()) return End(rpc::ToGrpc(found.status()));
  if (found->version() > version_) {
    version_ = found->version();
    // PARTIAL, REPORTED and what ends a check: nothing more comes by itself.
    final_ = !IsPending(found->state());
    *response_.mutable_verification() = ViewOf(*found, false);
    StartWrite(&response_);
    return;
  }
  busy_ = false;
  if (dirty_) PostLook();
}

void WatchCall::OnWriteDone(bool ok) {
  MutexLock lock(mu_);
  if (ended_) return;
  if (!ok) return End(grpc::Status::CANCELLED);
  if (final_) return End(grpc::Status::OK);
  busy_ = false;
  if (dirty_) PostLook();
}

void WatchCall::OnCancel() {
  MutexLock lock(mu_);
  if (!ended_) End(grpc::Status::CANCELLED);
}

void WatchCall::End(const grpc::Status& status) {
  ended_ = true;
  Finish(status);
}

void WatchCall::OnDone() {
  deps_.watchers.Remove(verification_no_, ticket_);
  const std::shared_ptr<WatchCall> last = std::move(self_);
}

}  // namespace chuanyu::family_economy
