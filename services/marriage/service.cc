#include "services/marriage/service.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/base/status_macros.h"

namespace chuanyu::marriage {
namespace {

constexpr char kLegalBasis[] = "婚姻登记条例 (2025, 国令804) §10";
constexpr int kClockPage = 100;
// Of own calls, and of other regions': of those that wait to write, all are joined in the next transaction.
constexpr size_t kWorkers = 24;

}  // namespace

absl::StatusOr<std::unique_ptr<Service>> Service::Start(const ServiceConfig& config, const Clock& clock) {
  CHUANYU_ASSIGN_OR_RETURN(std::unique_ptr<Desk> desk, Desk::Open(config, clock));
  std::unique_ptr<Service> service(new Service(std::move(desk)));
  CHUANYU_RETURN_IF_ERROR(service->Serve());
  return service;
}

Service::Service(std::unique_ptr<Desk> desk)
    : work_(std::move(desk)),
      runtime_(*work_.desk, {.legal_basis = kLegalBasis,
                             .workers = kWorkers,
                             .versions =
                                 [this](sql::Session& session, const std::vector<std::string>& topics,
                                        std::map<std::string, int64_t>* versions) {
                                   return work_.bookings.Versions(session, topics, versions);
                                 }}),
      front_({.desk = *work_.desk,
              .bookings = work_.bookings,
              .registrations = work_.registrations,
              .watching = runtime_.watching()}),
      provider_(work_.desk->own_region(), work_.peers, kWorkers),
      questions_(work_.desk->own_region()) {
  provider_.AddTo(questions_);
}

Service::~Service() { Stop(); }

absl::Status Service::Serve() {
  CHUANYU_RETURN_IF_ERROR(runtime_.Connect(
      [this](const OutboxMessage& message, const std::string& payload) {
        return work_.peers.TakeAnswer(message, payload);
      },
      [this] { Tick(); }));
  front_.Attach(runtime_.sender());
  return runtime_.Serve({&front_}, {&provider_}, &questions_);
}

void Service::Tick() {
  LogFailure("claims_not_told", work_.peers.TellCases());
  // Ticks come with every answer, too.
  if (absl::Now() < next_clock_) return;
  next_clock_ = absl::Now() + absl::Seconds(1);
  LogFailure("appointments_not_swept", work_.bookings.RunClock(kClockPage));
  LogFailure("checks_not_ended", work_.checks.RunClock(kClockPage));
  LogFailure("divorces_not_followed", work_.registrations.RunClock(kClockPage));
}

void Service::Stop() { runtime_.Stop(); }

}  // namespace chuanyu::marriage
