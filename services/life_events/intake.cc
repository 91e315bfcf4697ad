#include "services/life_events/intake.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::life_events {
namespace {

constexpr int kMaxEvents = 500;
constexpr int kDefaultPage = 100;

void Reject(const absl::Status& why, v1::EventOutcome* outcome) {
  outcome->set_outcome(v1::REPORT_OUTCOME_REJECTED);
  outcome->set_reason(std::string(ReasonName(ReasonOf(why).value_or(Reason::INTERNAL))));
  outcome->set_field(FieldOf(why));
}

absl::Status CheckFeed(const Grant& feed, const v1::LifeEvent& event, const std::string& field) {
  if (!feed.kinds.contains(event.kind())) return MakeError(Reason::ROLE_DENIED, {.field = field + ".kind"});
  if (feed.sources.contains(event.source())) return absl::OkStatus();
  return MakeError(Reason::ROLE_DENIED, {.field = field + ".source"});
}

}  // namespace

Intake::Intake(const IntakeDeps& deps) : deps_(deps) {
  const auto counter = [&](const char* outcome) {
    return deps_.metrics.AddCounter("chuanyu_life_events_total", "Life events that were reported or told",
                                    {{"outcome", outcome}});
  };
  accepted_ = counter("accepted");
  duplicates_ = counter("duplicate");
  rejected_ = counter("rejected");
}

void Intake::Count(const absl::StatusOr<bool>& outcome) {
  (outcome.ok() ? (*outcome ? duplicates_ : accepted_) : rejected_).Add();
}

absl::StatusOr<v1::ReportEventsResponse> Intake::Report(const Caller& caller,
                                                        const v1::ReportEventsRequest& request) {
  const Grant* const feed = FindGrant(deps_.config.feeds, caller.name);
  if (feed == nullptr) return MakeError(Reason::ROLE_DENIED, {.detail = "no [[feed]] of this service"});
  if (request.events().empty() || request.events_size() > kMaxEvents) {
    return MakeError(Reason::BAD_REQUEST, {.field = "events", .detail = "not 1 to 500"});
  }
  v1::ReportEventsResponse response;
  std::vector<ParsedEvent> events;
  std::vector<int> positions;
  for (int i = 0; i < request.events_size(); ++i) {
    const std::string field = absl::StrCat("events[", i, "]");
    v1::EventOutcome& outcome = *response.add_outcomes();
    absl::StatusOr<ParsedEvent> parsed =
        ParseEvent(request.events(i), TodayShanghai(deps_.clock), deps_.divisions, field);
    absl::Status status = parsed.status();
    if (status.ok()) status = CheckFeed(*feed, parsed->event, field);
    if (!status.ok()) {
      Reject(status, &outcome);
      rejected_.Add();
      continue;
    }
    for (const Warning& warning : parsed->warnings) outcome.add_warnings(std::string(WarningName(warning)));
    events.push_back(*std::move(parsed));
    positions.push_back(i);
  }
  CHUANYU_ASSIGN_OR_RETURN(
      const std::vector<absl::StatusOr<bool>> taken,
      deps_.store.Take(events,
                       {.region = deps_.config.region,
                        .own = true,
                        .tell = {deps_.config.peer_regions.begin(), deps_.config.peer_regions.end()}},
                       deps_.clock.Now()));
  for (size_t at = 0; at < taken.size(); ++at) {
    v1::EventOutcome& outcome = *response.mutable_outcomes(positions[at]);
    Count(taken[at]);
    if (taken[at].ok()) {
      outcome.set_outcome(*taken[at] ? v1::REPORT_OUTCOME_DUPLICATE : v1::REPORT_OUTCOME_ACCEPTED);
    } else {
      Reject(taken[at].status(), &outcome);
      outcome.set_field(absl::StrCat("events[", positions[at], "].", FieldOf(taken[at].status())));
    }
  }
  deps_.wake();
  return response;
}

absl::StatusOr<v1::ReadEventsResponse> Intake::Read(const Caller& caller,
                                                    const v1::ReadEventsRequest& request) {
  const Grant* const reader = FindGrant(deps_.config.readers, caller.name);
  if (reader == nullptr) return MakeError(Reason::ROLE_DENIED, {.detail = "no [[reader]] of this service"});
  if (request.after() < 0) return MakeError(Reason::BAD_REQUEST, {.field = "after"});
  if (request.page_size() < 0 || request.page_size() > kMaxEvents) {
    return MakeError(Reason::BAD_REQUEST, {.field = "page_size", .detail = "not 0 to 500"});
  }
  const int limit = request.page_size() == 0 ? kDefaultPage : request.page_size();
  return deps_.store.Read(request.after(), limit, reader->kinds);
}

absl::StatusOr<v1::TellEventResponse> Intake::Tell(const ProviderCall& call,
                                                   const v1::TellEventRequest& request) {
  if (call.purpose != kPurpose) return MakeError(Reason::PURPOSE_DENIED, {.field = "purpose"});
  absl::StatusOr<ParsedEvent> parsed =
      ParseEvent(request.event(), TodayShanghai(deps_.clock), deps_.divisions, "event");
  if (!parsed.ok()) {
    rejected_.Add();
    return parsed.status();
  }
  CHUANYU_ASSIGN_OR_RETURN(
      const std::vector<absl::StatusOr<bool>> taken,
      deps_.store.Take(
          {*std::move(parsed)},
          {.region = call.from_region, .tell = {call.from_region}, .revision = request.revision()},
          deps_.clock.Now()));
  deps_.wake();
  Count(taken.at(0));
  v1::TellEventResponse response;
  CHUANYU_ASSIGN_OR_RETURN(const bool duplicate, taken.at(0));
  response.set_duplicate(duplicate);
  return response;
}

grpc::ServerUnaryReactor* FrontCalls::ReportEvents(grpc::CallbackServerContext* context,
                                                   const v1::ReportEventsRequest* request,
                                                   v1::ReportEventsResponse* response) {
  return RunForSystem(context, *request, region_, workers_,
                      [this, request, response](const Caller& caller) -> absl::Status {
                        CHUANYU_ASSIGN_OR_RETURN(*response, intake_.Report(caller, *request));
                        return absl::OkStatus();
                      });
}

grpc::ServerUnaryReactor* FrontCalls::ReadEvents(grpc::CallbackServerContext* context,
                                                 const v1::ReadEventsRequest* request,
                                                 v1::ReadEventsResponse* response) {
  return RunForSystem(context, *request, region_, workers_,
                      [this, request, response](const Caller& caller) -> absl::Status {
                        CHUANYU_ASSIGN_OR_RETURN(*response, intake_.Read(caller, *request));
                        return absl::OkStatus();
                      });
}

grpc::ServerUnaryReactor* ProviderCalls::TellEvent(grpc::CallbackServerContext* context,
                                                   const v1::TellEventRequest* request,
                                                   v1::TellEventResponse* response) {
  return RunForNode(context, *request, region_, workers_,
                    [this, context, request, response](const ProviderCall& call) -> absl::Status {
                      CHUANYU_ASSIGN_OR_RETURN(*response, intake_.Tell(call, *request));
                      NameFields(context, "duplicate");
                      return absl::OkStatus();
                    });
}

}  // namespace chuanyu::life_events
