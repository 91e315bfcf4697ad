#include "services/exchange/tracker/change_codec.h"

#include <charconv>
#include <string>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/exchange/tracker/ids.h"

namespace chuanyu::exchange {
namespace {

absl::Status Bad(const char* field) { return MakeError(Reason::BAD_REQUEST, {.field = field}); }

absl::Status CheckLease(const WorkerLease& lease) {
  if (lease.worker.empty() || lease.worker.size() > 48 || lease.worker.find('|') != std::string::npos) {
    return Bad("lease_for.worker");
  }
  return lease.token == 0 ? Bad("lease_for.token") : absl::OkStatus();
}

absl::Status Check(const NewRequest& request) {
  if (!PackId(request.request_id)) return Bad("request_id");
  if (request.caller.empty() || request.caller.size() > 255) return Bad("caller");
  if (request.peer_region.size() > 16) return Bad("peer_region");
  if (request.operation.empty() || request.operation.size() > 255) return Bad("operation");
  if (!request.body_mac.empty() && request.body_mac.size() != 16) return Bad("body_mac");
  if (request.idempotency_key.size() > 64) return Bad("idempotency_key");
  if (request.location.size() > 64) return Bad("location");
  if (!request.lease_for) return absl::OkStatus();
  if (request.direction != Direction::kIn) return Bad("lease_for");
  return CheckLease(*request.lease_for);
}

absl::Status Check(const Transition& transition) {
  if (!PackId(transition.request_id)) return Bad("request_id");
  if (transition.event == Event::kSubmitted || transition.event == Event::kLeased) return Bad("event");
  if (transition.location.size() > 64) return Bad("location");
  // A step is "<event>|<ms>|<attempt>|<detail>": the detail must not break its form.
  if (transition.outcome.size() > 48 || transition.outcome.find('|') != std::string::npos)
    return Bad("outcome");
  return absl::OkStatus();
}

void Append(const NewRequest& request, redis::Command& command) {
  const bool own_key = request.direction == Direction::kOut && request.idempotency_key != request.request_id;
  command.insert(command.end(),
                 {"N", *PackId(request.request_id), std::string(1, DirectionCode(request.direction)),
                  request.caller, request.peer_region, request.operation, std::to_string(request.at_ms),
                  std::to_string(request.deadline_ms), request.body_mac,
                  own_key ? request.idempotency_key : std::string(), request.location,
                  std::to_string(request.journal_index)});
  const WorkerLease* const lease = request.lease_for ? &*request.lease_for : nullptr;
  command.push_back(lease == nullptr ? "" : lease->worker);
  command.push_back(lease == nullptr ? "" : std::to_string(lease->token));
  command.push_back(lease == nullptr ? "" : std::to_string(lease->lease_ms));
}

void Append(const Transition& transition, redis::Command& command) {
  command.insert(command.end(),
                 {"T", *PackId(transition.request_id), std::string(1, EventCode(transition.event)),
                  std::to_string(transition.at_ms)});
  command.push_back(transition.fence ? std::to_string(transition.fence->attempt) : "");
  command.push_back(transition.fence ? std::to_string(transition.fence->token) : "");
  command.insert(command.end(), {transition.location, transition.outcome, std::to_string(transition.due_ms)});
}

std::optional<TrackOutcome> OutcomeOf(char code) {
  switch (code) {
    case 'N':
      return TrackOutcome::kCreated;
    case 'X':
      return TrackOutcome::kExisting;
    case 'A':
      return TrackOutcome::kApplied;
    case 'L':
      return TrackOutcome::kAlready;
    case 'T':
      return TrackOutcome::kStaleFence;
    case 'B':
      return TrackOutcome::kBadState;
    case 'F':
      return TrackOutcome::kNotFound;
    default:
      return std::nullopt;
  }
}

}  // namespace

absl::Status CheckChanges(std::span<const TrackerChange> changes) {
  for (const TrackerChange& change : changes) {
    CHUANYU_RETURN_IF_ERROR(std::visit([](const auto& one) { return Check(one); }, change));
  }
  return absl::OkStatus();
}

void AppendChange(const TrackerChange& change, redis::Command& command) {
  std::visit([&](const auto& one) { Append(one, command); }, change);
}

// "<outcome><state><under lease><attempts>", alone or as the first of what is known of an existing request.
absl::StatusOr<TrackResult> ParseResult(const redis::Reply& reply) {
  const std::vector<redis::Reply>* const known = reply.array();
  const std::string* const text = known != nullptr && !known->empty() ? known->front().text() : reply.text();
  if (text == nullptr || text->size() < 4) return redis::UnexpectedReply("cy_apply");
  const std::optional<TrackOutcome> outcome = OutcomeOf((*text)[0]);
  const std::optional<State> state = StateOf((*text)[1]);
  if (!outcome || !state) return redis::UnexpectedReply("cy_apply");
  TrackResult result{.outcome = *outcome, .state = *state, .under_lease = (*text)[2] == '1'};
  std::from_chars(text->data() + 3, text->data() + text->size(), result.attempt);
  if (known == nullptr) return result;
  if (known->size() != 5) return redis::UnexpectedReply("cy_apply");
  for (const redis::Reply& element : *known) {
    if (element.text() == nullptr) return redis::UnexpectedReply("cy_apply");
  }
  result.request_id = UnpackId(*(*known)[1].text());
  result.body_mac = *(*known)[2].text();
  result.location = *(*known)[3].text();
  result.answer_location = *(*known)[4].text();
  return result;
}

}  // namespace chuanyu::exchange
