#include "services/elderly_care/service.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu::elderly_care {
namespace {

constexpr char kLegalBasis[] = "老年人权益保障法§43";

}  // namespace

absl::StatusOr<std::unique_ptr<Service>> Service::Start(const ServiceConfig& config, const Clock& clock) {
  CHUANYU_ASSIGN_OR_RETURN(std::unique_ptr<Desk> desk, Desk::Open(config, clock));
  std::unique_ptr<Service> service(new Service(std::move(desk)));
  CHUANYU_RETURN_IF_ERROR(service->Serve());
  return service;
}

Service::Service(std::unique_ptr<Desk> desk)
    : desk_(std::move(desk)),
      runtime_(*desk_, {.legal_basis = kLegalBasis,
                        .versions =
                            [this](sql::Session& session, const std::vector<std::string>& topics,
                                   std::map<std::string, int64_t>* versions) {
                              return map_.Versions(session, topics, versions);
                            }}),
      // A filing holds its claim as long as it is live: nothing else keeps another one out.
      claims_(*desk_, {}),
      map_(*desk_),
      unfiled_(*desk_),
      filings_(*desk_, claims_, map_, unfiled_),
      peers_(*desk_, claims_, filings_),
      front_({.desk = *desk_,
              .filings = filings_,
              .map = map_,
              .unfiled = unfiled_,
              .watching = runtime_.watching()}),
      provider_(desk_->own_region(), claims_, peers_, map_),
      questions_(desk_->own_region()) {
  provider_.AddTo(questions_);
}

Service::~Service() { Stop(); }

absl::Status Service::Serve() {
  CHUANYU_RETURN_IF_ERROR(
      runtime_.Connect([this](const OutboxMessage& message,
                              const std::string& payload) { return peers_.TakeAnswer(message, payload); },
                       [this] { LogFailure("claims_not_told", peers_.TellCases()); }));
  map_.Attach(runtime_.sender());
  return runtime_.Serve({&front_}, {&provider_}, &questions_);
}

void Service::Stop() { runtime_.Stop(); }

}  // namespace chuanyu::elderly_care
