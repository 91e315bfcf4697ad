#include "services/exchange/intake/views.h"

#include <string>

namespace chuanyu::exchange {
namespace {

void SetMs(int64_t ms, google::protobuf::Timestamp& out) {
  out.set_seconds(ms / 1000);
  out.set_nanos(static_cast<int32_t>(ms % 1000) * 1'000'000);
}

}  // namespace

v1::RequestState ToProto(State state) {
  switch (state) {
    case State::kSubmitted:
      return v1::REQUEST_STATE_SUBMITTED;
    case State::kDispatched:
      return v1::REQUEST_STATE_DISPATCHED;
    case State::kRunning:
      return v1::REQUEST_STATE_RUNNING;
    case State::kDeferred:
      return v1::REQUEST_STATE_DEFERRED;
    case State::kAnswered:
      return v1::REQUEST_STATE_ANSWERED;
    case State::kDelivered:
      return v1::REQUEST_STATE_DELIVERED;
    case State::kRetryWait:
      return v1::REQUEST_STATE_RETRY_WAIT;
    case State::kParked:
      return v1::REQUEST_STATE_PARKED;
    case State::kCancelled:
      return v1::REQUEST_STATE_CANCELLED;
    case State::kExpired:
      return v1::REQUEST_STATE_EXPIRED;
    case State::kRejected:
      return v1::REQUEST_STATE_REJECTED;
  }
  return v1::REQUEST_STATE_UNSPECIFIED;
}

v1::RequestView ToView(const TrackedRequest& request) {
  v1::RequestView view;
  view.set_request_id(request.request_id);
  view.set_state(ToProto(request.state));
  view.set_outbound(request.direction == Direction::kOut);
  view.set_caller(request.caller);
  view.set_peer_region(request.peer_region);
  view.set_operation(request.operation);
  SetMs(request.deadline_ms, *view.mutable_deadline());
  view.set_attempts(request.attempts);
  view.set_outcome(request.outcome);
  view.set_journal_index(request.journal_index);
  for (const TimelineStep& step : request.timeline) {
    v1::TimelineEvent& event = *view.add_timeline();
    SetMs(step.at_ms, *event.mutable_at());
    event.set_event(step.event);
    event.set_attempt(step.attempt);
    event.set_detail(step.detail);
  }
  return view;
}

}  // namespace chuanyu::exchange
