#include "tests/support/life_events_region.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"

namespace chuanyu::testing {

using namespace life_events::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

namespace {

std::string Config(const Region& region, const RegionService& service) {
  const std::string keys = region.keys_folder();
  return absl::StrCat(
      "region = \"", region.code(), "\"\nfront_listen = [\"", region.front_target(service),
      "\"]\nprovider_listen = [\"", region.provider_target(service), "\"]\nready_file = \"run/", service.name,
      ".ready\"\n", region.TlsTable("mzj/" + service.system), "[exchange]\ntarget = \"", region.node_target(),
      "\"\nidentity = \"", region.NodeSpiffe(), "\"\n[store]\nurl = \"", region.StoreUrl(service.name),
      "\"\n[keys]\nkek = \"", keys, "/kek.bin\"\nindex = \"", keys, "/index.bin\"\n[data]\ndivisions = \"",
      CHUANYU_SOURCE_DIR, "/deploy/data/divisions\"\n[divisions.codes]\nLIANGJIANG = \"500199\"\n",
      "[peers]\nregions = [\"", region.peer_code(), "\"]\n[metrics]\nlisten = \"127.0.0.1:0\"\n",
      "[log]\nfile = \"run/", service.name, ".log\"\n[[feed]]\nsystem = \"funeral/registry\"\n",
      "kinds = [\"DEATH\"]\nsources = [\"FUNERAL\"]\n[[feed]]\nsystem = \"justice/registry\"\n",
      "kinds = [\"PRISON_RELEASE\"]\nsources = [\"JUSTICE\"]\n[[feed]]\nsystem = \"police/registry\"\n",
      "kinds = [\"HUKOU_MOVE\"]\nsources = [\"POLICE\"]\n[[reader]]\nsystem = \"mzj/family-economy\"\n",
      "kinds = [\"DEATH\", \"PRISON_RELEASE\"]\n[[reader]]\nsystem = \"mzj/disability\"\nkinds = "
      "[\"DEATH\", \"HUKOU_MOVE\"]\n",
      "[[reader]]\nsystem = \"mzj/child-welfare\"\nkinds = [\"DEATH\", \"HUKOU_MOVE\"]\n");
}

std::string ForFollowers(const Region& region, const RegionService& service) {
  return absl::StrCat("[life_events]\ntarget = \"", region.front_target(service), "\"\nidentity = \"",
                      region.Spiffe(service), "\"\nevery = \"100ms\"\n");
}

void Prepare(grpc::ClientContext& context) {
  context.set_wait_for_ready(true);
  rpc::SetDeadline(context, absl::Now() + absl::Seconds(15));
}

}  // namespace

const RegionService& LifeEvents() {
  static const auto* const service =
      new RegionService{.name = "events",
                        .program = "chuanyu-life-events",
                        .system = "life-events",
                        .provider = "chuanyu.life_events.v1.LifeEventsProvider",
                        .config = Config,
                        .for_followers = ForFollowers,
                        .callers = {"funeral/registry", "justice/registry", "police/registry"}};
  return *service;
}

LifeEvent DeathOf(const TestPerson& person, const std::string& date, const std::string& id) {
  LifeEvent event;
  event.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  event.mutable_person()->set_doc_no(person.doc_no);
  event.mutable_person()->set_name(person.name);
  event.mutable_person()->set_sex(person.sex);
  event.set_kind(LIFE_EVENT_KIND_DEATH);
  event.mutable_date()->set_value(date);
  event.set_source(LIFE_EVENT_SOURCE_FUNERAL);
  event.set_source_event_id(id);
  return event;
}

LifeEvent HukouMoveOf(const TestPerson& person, const std::string& from, const std::string& to,
                      const std::string& date, const std::string& id) {
  LifeEvent event = DeathOf(person, date, id);
  event.set_kind(LIFE_EVENT_KIND_HUKOU_MOVE);
  event.set_source(LIFE_EVENT_SOURCE_POLICE);
  event.mutable_hukou_move()->mutable_from()->set_code(from);
  event.mutable_hukou_move()->mutable_to()->set_code(to);
  return event;
}

EventsClient::EventsClient(Region& region, const std::string& system)
    : stub_(chuanyu::life_events::v1::LifeEvents::NewStub(
          region.ToFront(testing::LifeEvents(), region.code() + "/" + system))) {}

std::string EventsClient::Report(const LifeEvent& event) {
  ReportEventsRequest request;
  *request.add_events() = event;
  ReportEventsResponse response;
  absl::Status status;
  // A connection to a service that was killed ends with the first call on it; a repeat is harmless.
  for (int attempt = 0; attempt < 5; ++attempt) {
    grpc::ClientContext context;
    Prepare(context);
    status = rpc::FromGrpc(stub_->ReportEvents(&context, request, &response));
    if (status.code() != absl::StatusCode::kUnavailable || ReasonOf(status)) break;
  }
  if (const auto reason = ReasonOf(status)) return std::string(ReasonName(*reason));
  if (!status.ok()) return status.ToString();
  if (response.outcomes_size() != 1) return "no outcome";
  const EventOutcome& outcome = response.outcomes(0);
  if (outcome.outcome() == REPORT_OUTCOME_REJECTED) return outcome.reason();
  return ReportOutcome_Name(outcome.outcome()).substr(sizeof("REPORT_OUTCOME_") - 1);
}

absl::StatusOr<ReadEventsResponse> EventsClient::Read(int64_t after) {
  grpc::ClientContext context;
  Prepare(context);
  ReadEventsRequest request;
  request.set_after(after);
  request.set_page_size(500);
  ReadEventsResponse response;
  const absl::Status status = rpc::FromGrpc(stub_->ReadEvents(&context, request, &response));
  if (!status.ok()) return status;
  return response;
}

}  // namespace chuanyu::testing
