#include "services/exchange/intake/await_call.h"

#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "services/exchange/intake/answers.h"
#include "services/exchange/intake/views.h"

namespace chuanyu::exchange {

AwaitCall::AwaitCall(const ExchangeDeps& deps, Submitter caller, std::string request_id,
                     v1::AwaitAnswerResponse* response)
    : deps_(deps), caller_(std::move(caller)), request_id_(std::move(request_id)), response_(response) {}

std::shared_ptr<AwaitCall> AwaitCall::Start(const ExchangeDeps& deps, Submitter caller,
                                            std::string request_id, absl::Time until,
                                            v1::AwaitAnswerResponse* response) {
  std::shared_ptr<AwaitCall> call(new AwaitCall(deps, std::move(caller), std::move(request_id), response));
  call->self_ = call;
  // Waiting first, looking second: an answer that arrives in between is not missed.
  call->ticket_ = deps.mailbox.Await(call->request_id_, [call](std::shared_ptr<const v1::Answer> answer) {
    call->OnAnswer(std::move(answer));
  });
  // The alarm is part of the call, so it must not keep it alive.
  call->alarm_.Set(absl::ToChronoTime(until), [weak = std::weak_ptr<AwaitCall>(call)](bool passed) {
    const std::shared_ptr<AwaitCall> waiting = weak.lock();
    if (!passed || waiting == nullptr) return;
    waiting->End({grpc::StatusCode::DEADLINE_EXCEEDED, "the answer is still on its way"}, nullptr);
  });
  if (!deps.workers.Post([call] { call->Look(); })) {
    call->End(rpc::ToGrpc(MakeError(Reason::QUOTA, {.detail = "the node is overloaded"})), nullptr);
  }
  return call;
}

void AwaitCall::Look() {
  const absl::StatusOr<std::optional<v1::Answer>> found = Find();
  if (!found.ok()) return End(rpc::ToGrpc(found.status()), nullptr);
  if (*found) return End(grpc::Status::OK, &**found);
  std::shared_ptr<const v1::Answer> early;
  {
    MutexLock lock(mu_);
    own_ = true;
    early = early_;
  }
  if (early != nullptr) End(grpc::Status::OK, early.get());
}

// Nullopt: the caller's request, and there is no answer yet.
absl::StatusOr<std::optional<v1::Answer>> AwaitCall::Find() {
  if (!IsUuidV7(request_id_)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "request_id", .detail = "not a UUIDv7"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<TrackedRequest> request, deps_.tracker.Get(request_id_));
  if (!request || request->direction != Direction::kOut || request->caller != caller_.Caller()) {
    return MakeError(Reason::CASE_NOT_FOUND, {.field = "request_id"});
  }
  if (!request->answer_location.empty()) {
    CHUANYU_ASSIGN_OR_RETURN(v1::Answer answer, ReadAnswer(deps_.journal, request->answer_location));
    return std::optional<v1::Answer>(std::move(answer));
  }
  if (IsTerminal(request->state)) {
    return std::optional<v1::Answer>(EndedAnswer(request_id_, ToProto(request->state)));
  }
  return std::optional<v1::Answer>();
}

void AwaitCall::OnAnswer(std::shared_ptr<const v1::Answer> answer) {
  {
    MutexLock lock(mu_);
    if (!own_) {
      early_ = std::move(answer);
      return;
    }
  }
  End(grpc::Status::OK, answer.get());
}

void AwaitCall::End(const grpc::Status& status, const v1::Answer* answer) {
  MutexLock lock(mu_);
  if (ended_) return;
  ended_ = true;
  if (answer != nullptr) *response_->mutable_answer() = *answer;
  Finish(status);
}

void AwaitCall::OnCancel() { End(grpc::Status::CANCELLED, nullptr); }

void AwaitCall::OnDone() {
  deps_.mailbox.StopAwaiting(request_id_, ticket_);
  alarm_.Cancel();
  const std::shared_ptr<AwaitCall> last = std::move(self_);
}

}  // namespace chuanyu::exchange
