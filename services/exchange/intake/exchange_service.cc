#include "services/exchange/intake/exchange_service.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "common/rpc/unknown_fields.h"
#include "services/exchange/intake/await_call.h"
#include "services/exchange/intake/callers.h"
#include "services/exchange/intake/views.h"

namespace chuanyu::exchange {
namespace {

// A stream that ends as it begins.
class RefusedStream final : public grpc::ServerBidiReactor<v1::OpenRequest, v1::OpenResponse> {
 public:
  explicit RefusedStream(const absl::Status& why) { Finish(rpc::ToGrpc(why)); }
  void OnDone() override { delete this; }
};

grpc::ServerUnaryReactor* Ended(grpc::ServerUnaryReactor* reactor, const absl::Status& status) {
  reactor->Finish(rpc::ToGrpc(status));
  return reactor;
}

}  // namespace

ExchangeService::ExchangeService(const ExchangeDeps& deps, Refusals& refusals, RequestActs& acts,
                                 Options options)
    : deps_(deps), refusals_(refusals), acts_(acts), options_(std::move(options)) {}

absl::StatusOr<Submitter> ExchangeService::Receive(const grpc::CallbackServerContext& context,
                                                   const google::protobuf::Message* request) {
  Submitter who;
  const auto check = [&]() -> absl::Status {
    CHUANYU_RETURN_IF_ERROR(
        AuthoriseCaller(context, options_.own_region, rpc::CallerRole::kSystem, &who).status());
    return request == nullptr ? absl::OkStatus() : rpc::RejectUnknownFields(*request);
  };
  if (absl::Status why = check(); !why.ok()) {
    refusals_.Record(who, "", {}, why);
    return why;
  }
  return who;
}

grpc::ServerUnaryReactor* ExchangeService::OnWorker(grpc::ServerUnaryReactor* reactor,
                                                    std::function<void()> work) {
  if (!deps_.workers.Post(std::move(work))) {
    reactor->Finish(rpc::ToGrpc(MakeError(Reason::QUOTA, {.detail = "the node is overloaded"})));
  }
  return reactor;
}

grpc::ServerBidiReactor<v1::OpenRequest, v1::OpenResponse>* ExchangeService::Open(
    grpc::CallbackServerContext* context) {
  absl::StatusOr<Submitter> caller = Receive(*context, nullptr);
  if (!caller.ok()) return new RefusedStream(caller.status());
  MutexLock lock(mu_);
  if (draining_) return new RefusedStream(MakeError(Reason::SHUTTING_DOWN));
  std::erase_if(streams_, [](const auto& stream) { return stream.expired(); });
  const std::shared_ptr<ExchangeStream> stream = ExchangeStream::Start(deps_, *std::move(caller));
  streams_.push_back(stream);
  return stream.get();
}

void ExchangeService::Drain() {
  std::vector<std::weak_ptr<ExchangeStream>> streams;
  {
    MutexLock lock(mu_);
    draining_ = true;
    streams = std::exchange(streams_, {});
  }
  for (const auto& weak : streams) {
    if (const auto stream = weak.lock()) stream->Close(MakeError(Reason::SHUTTING_DOWN));
  }
}

grpc::ServerUnaryReactor* ExchangeService::Submit(grpc::CallbackServerContext* context,
                                                  const v1::SubmitRequest* request,
                                                  v1::SubmitResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const absl::StatusOr<Submitter> caller = Receive(*context, request);
  if (!caller.ok()) return Ended(reactor, caller.status());
  std::vector<PendingSubmission> submissions;
  submissions.push_back({.submitter = *caller,
                         .submission = request->submission(),
                         .done = [reactor, response](const Admitted& admitted) {
                           if (admitted.receipt.ok()) *response->mutable_receipt() = *admitted.receipt;
                           reactor->Finish(rpc::ToGrpc(admitted.receipt.status()));
                         }});
  deps_.admission.Submit(std::move(submissions));
  return reactor;
}

grpc::ServerUnaryReactor* ExchangeService::GetRequest(grpc::CallbackServerContext* context,
                                                      const v1::GetRequestRequest* request,
                                                      v1::GetRequestResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const absl::StatusOr<Submitter> caller = Receive(*context, request);
  if (!caller.ok()) return Ended(reactor, caller.status());
  return OnWorker(reactor, [this, reactor, caller = *caller, request, response] {
    const absl::StatusOr<TrackedRequest> found = acts_.FindOwn(caller, request->request_id());
    if (found.ok()) *response->mutable_request() = ToView(*found);
    reactor->Finish(rpc::ToGrpc(found.status()));
  });
}

absl::Time ExchangeService::WaitUntil(const grpc::CallbackServerContext& context,
                                      const v1::AwaitAnswerRequest& request) const {
  // The machine's clock, not the node's: it is what gRPC measures deadlines and alarms by.
  const absl::Time now = absl::Now();
  absl::Duration wait = options_.max_wait;
  if (request.has_max_wait()) {
    const absl::Duration asked =
        absl::Seconds(request.max_wait().seconds()) + absl::Nanoseconds(request.max_wait().nanos());
    wait = std::clamp(asked, absl::ZeroDuration(), options_.max_wait);
  }
  return std::min(now + wait, rpc::DeadlineOf(context));
}

grpc::ServerUnaryReactor* ExchangeService::AwaitAnswer(grpc::CallbackServerContext* context,
                                                       const v1::AwaitAnswerRequest* request,
                                                       v1::AwaitAnswerResponse* response) {
  const absl::StatusOr<Submitter> caller = Receive(*context, request);
  if (!caller.ok()) return Ended(context->DefaultReactor(), caller.status());
  return AwaitCall::Start(deps_, *caller, request->request_id(), WaitUntil(*context, *request), response)
      .get();
}

grpc::ServerUnaryReactor* ExchangeService::AcknowledgeAnswers(grpc::CallbackServerContext* context,
                                                              const v1::AcknowledgeAnswersRequest* request,
                                                              v1::AcknowledgeAnswersResponse* /*response*/) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const absl::StatusOr<Submitter> caller = Receive(*context, request);
  if (!caller.ok()) return Ended(reactor, caller.status());
  if (request->request_ids_size() > options_.max_acknowledged) {
    return Ended(reactor,
                 MakeError(Reason::BAD_REQUEST, {.field = "request_ids", .detail = "more than 1,000"}));
  }
  deps_.acknowledger.Acknowledge(
      *caller, {request->request_ids().begin(), request->request_ids().end()}, Acknowledger::Unknown::kRefuse,
      [reactor](const absl::Status& status) { reactor->Finish(rpc::ToGrpc(status)); });
  return reactor;
}

grpc::ServerUnaryReactor* ExchangeService::AnswerDeferred(grpc::CallbackServerContext* context,
                                                          const v1::AnswerDeferredRequest* request,
                                                          v1::AnswerDeferredResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const absl::StatusOr<Submitter> caller = Receive(*context, request);
  if (!caller.ok()) return Ended(reactor, caller.status());
  return OnWorker(reactor, [this, reactor, caller = *caller, request, response] {
    acts_.AnswerDeferred(caller, *request, [reactor, response](const absl::StatusOr<uint64_t>& index) {
      if (index.ok()) response->set_journal_index(*index);
      reactor->Finish(rpc::ToGrpc(index.status()));
    });
  });
}

grpc::ServerUnaryReactor* ExchangeService::CancelRequest(grpc::CallbackServerContext* context,
                                                         const v1::CancelRequestRequest* request,
                                                         v1::CancelRequestResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  const absl::StatusOr<Submitter> caller = Receive(*context, request);
  if (!caller.ok()) return Ended(reactor, caller.status());
  return OnWorker(reactor, [this, reactor, caller = *caller, request, response] {
    acts_.Cancel(caller, request->request_id(),
                 [reactor, response](const absl::StatusOr<v1::RequestState>& state) {
                   if (state.ok()) response->set_state(*state);
                   reactor->Finish(rpc::ToGrpc(state.status()));
                 });
  });
}

}  // namespace chuanyu::exchange
