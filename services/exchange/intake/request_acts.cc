#include "services/exchange/intake/request_acts.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "common/base/uuid.h"
#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "services/exchange/intake/views.h"

namespace chuanyu::exchange {
namespace {

// The answer as it stands in the journal: the response, or a google.rpc.Status under the name of its reason.
void SetAnswer(const v1::AnswerDeferredRequest& answer, Draft& draft) {
  if (answer.status().code() == 0) {
    draft.record.set_outcome("OK");
    draft.payload = answer.payload();
    // Sorted and each once, as in an answer that is given at once.
    const std::set<std::string> fields(answer.fields().begin(), answer.fields().end());
    for (const std::string& field : fields) draft.record.add_fields_returned(field);
    return;
  }
  const google::rpc::Status& status = answer.status();
  const absl::Status why = rpc::FromGrpc(grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                                                      status.message(), status.SerializeAsString()));
  draft.record.set_outcome(std::string(ReasonName(ReasonOf(why).value_or(Reason::INTERNAL))));
  draft.payload = status.SerializeAsString();
}

}  // namespace

RequestActs::RequestActs(Journal& journal, Tracker& tracker, Pipeline& pipeline, IsProvider is_provider)
    : journal_(journal), tracker_(tracker), pipeline_(pipeline), is_provider_(std::move(is_provider)) {}

absl::StatusOr<TrackedRequest> RequestActs::FindOwn(const Submitter& caller,
                                                    std::string_view request_id) const {
  if (!IsUuidV7(request_id))
    return MakeError(Reason::BAD_REQUEST, {.field = "request_id", .detail = "not a UUIDv7"});
  CHUANYU_ASSIGN_OR_RETURN(std::optional<TrackedRequest> request, tracker_.Get(request_id));
  if (!request || request->direction != Direction::kOut || request->caller != caller.Caller()) {
    return MakeError(Reason::CASE_NOT_FOUND, {.field = "request_id"});
  }
  return *std::move(request);
}

// Says of the request what its first record says, so that the other region and an auditor need not look it
// up.
absl::StatusOr<Draft> RequestActs::DraftFor(const TrackedRequest& request, v1::RecordKind kind,
                                            const Submitter& actor) {
  CHUANYU_ASSIGN_OR_RETURN(const DurableRecord first, journal_.ReadRecordAt(request.location));
  const v1::JournalRecord& from = first.record;
  Draft draft;
  draft.record.set_kind(kind);
  draft.record.set_request_id(from.request_id());
  draft.record.set_from_region(from.from_region());
  draft.record.set_from_system(from.from_system());
  draft.record.set_to_region(from.to_region());
  draft.record.set_operation(from.operation());
  draft.record.set_purpose(from.purpose());
  draft.record.set_legal_basis(from.legal_basis());
  draft.record.set_authorization_no(from.authorization_no());
  draft.record.set_correlation_id(from.correlation_id());
  draft.record.set_subject_count(from.subject_count());
  draft.record.set_actor(actor.system);
  draft.record.set_actor_role(v1::ROLE_SYSTEM);
  return draft;
}

void RequestActs::Cancel(const Submitter& caller, std::string_view request_id,
                         std::function<void(const absl::StatusOr<v1::RequestState>&)> done) {
  const absl::StatusOr<TrackedRequest> request = FindOwn(caller, request_id);
  if (!request.ok()) return done(request.status());
  if (request->state == State::kCancelled) return done(v1::REQUEST_STATE_CANCELLED);
  if (!IsOpen(request->state))
    return done(MakeError(Reason::STATE_CONFLICT, {.detail = "it has an answer or an end"}));
  absl::StatusOr<Draft> draft = DraftFor(*request, v1::RECORD_KIND_CANCELLED, caller);
  if (!draft.ok()) return done(draft.status());
  WorkGroup group;
  group.drafts.push_back(*std::move(draft));
  group.done = [done = std::move(done)](const Outcome& outcome) {
    if (!outcome.status.ok()) return done(outcome.status);
    // An answer may have overtaken the cancellation.
    if (outcome.tracked[0].outcome == TrackOutcome::kBadState) return done(MakeError(Reason::STATE_CONFLICT));
    done(ToProto(outcome.tracked[0].state));
  };
  pipeline_.Submit(std::move(group));
}

void RequestActs::AnswerDeferred(const Submitter& caller, const v1::AnswerDeferredRequest& answer,
                                 std::function<void(const absl::StatusOr<uint64_t>&)> done) {
  const auto prepare = [&]() -> absl::StatusOr<std::pair<TrackedRequest, Draft>> {
    if (!IsUuidV7(answer.request_id())) return MakeError(Reason::BAD_REQUEST, {.field = "request_id"});
    if (answer.payload().size() > kMaxPayloadBytes) {
      return MakeError(Reason::PAYLOAD_TOO_LARGE, {.field = "payload"});
    }
    CHUANYU_ASSIGN_OR_RETURN(std::optional<TrackedRequest> request, tracker_.Get(answer.request_id()));
    if (!request || request->direction != Direction::kIn) {
      return MakeError(Reason::CASE_NOT_FOUND, {.field = "request_id"});
    }
    if (!is_provider_(caller, request->operation)) return MakeError(Reason::POLICY_DENIED);
    CHUANYU_ASSIGN_OR_RETURN(Draft draft, DraftFor(*request, v1::RECORD_KIND_ANSWER_SENT, caller));
    SetAnswer(answer, draft);
    return std::make_pair(*std::move(request), std::move(draft));
  };
  absl::StatusOr<std::pair<TrackedRequest, Draft>> prepared = prepare();
  if (!prepared.ok()) return done(prepared.status());
  auto& [request, draft] = *prepared;
  if (!request.answer_location.empty()) return done(FindSameAnswer(request, draft));
  if (request.state != State::kDeferred && request.state != State::kRunning) {
    return done(MakeError(Reason::STATE_CONFLICT, {.detail = "it is not deferred"}));
  }
  WorkGroup group;
  group.drafts.push_back(std::move(draft));
  group.done = [done = std::move(done)](const Outcome& outcome) {
    if (!outcome.status.ok()) return done(outcome.status);
    if (outcome.tracked[0].outcome == TrackOutcome::kBadState) return done(MakeError(Reason::STATE_CONFLICT));
    done(outcome.records[0].record.sequence());
  };
  pipeline_.Submit(std::move(group));
}

absl::StatusOr<uint64_t> RequestActs::FindSameAnswer(const TrackedRequest& request, const Draft& draft) {
  absl::StatusOr<DurableRecord> first = journal_.ReadAt(request.answer_location);
  if (!first.ok() && HasReason(first.status(), Reason::PAYLOAD_ERASED)) {
    CHUANYU_ASSIGN_OR_RETURN(first, journal_.ReadRecordAt(request.answer_location));
    first->payload = draft.payload;  // nothing is left to compare with
  }
  if (!first.ok()) return first.status();
  if (first->record.outcome() != draft.record.outcome() || first->payload != draft.payload) {
    return MakeError(Reason::IDEMPOTENCY_CONFLICT, {.detail = "answered before, differently"});
  }
  return first->record.sequence();
}

}  // namespace chuanyu::exchange
