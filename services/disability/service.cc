#include "services/disability/service.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu::disability {
namespace {

// 国发〔2015〕52号: 全面建立困难残疾人生活补贴和重度残疾人护理补贴制度.
constexpr char kLegalBasis[] = "国发〔2015〕52号";
// Of a transaction that posts months; many small ones let others in between.
constexpr int kClockPage = 200;
constexpr int kMovesLooked = 1000;  // most of them wait for an officer

}  // namespace

absl::StatusOr<std::unique_ptr<Service>> Service::Start(const ServiceConfig& config, const Clock& clock) {
  CHUANYU_ASSIGN_OR_RETURN(std::unique_ptr<Desk> desk, Desk::Open(config, clock));
  std::unique_ptr<Service> service(new Service(std::move(desk)));
  CHUANYU_RETURN_IF_ERROR(service->Serve());
  return service;
}

Service::Service(std::unique_ptr<Desk> desk)
    : desk_(std::move(desk)),
      runtime_(*desk_, {.legal_basis = kLegalBasis}),
      // What is in force here does not keep an application out: one subsidy may be paid and the other asked
      // for. The place that decides asks what is paid before it decides.
      claims_(*desk_, nullptr),
      grants_(*desk_, runtime_.metrics()),
      comparisons_(*desk_, runtime_.metrics()),
      applications_(*desk_, grants_, comparisons_, claims_),
      moves_(*desk_, applications_),
      recoveries_(*desk_),
      query_(*desk_, grants_),
      front_({.applications = applications_,
              .grants = grants_,
              .moves = moves_,
              .comparisons = comparisons_,
              .recoveries = recoveries_,
              .query = query_,
              .watching = runtime_.watching(),
              .own_region = desk_->own_region()}),
      provider_(desk_->own_region(), claims_, applications_, query_, comparisons_),
      questions_(desk_->own_region()) {
  provider_.AddTo(questions_);
}

Service::~Service() { Stop(); }

absl::Status Service::Serve() {
  CHUANYU_RETURN_IF_ERROR(runtime_.Connect(
      [this](const OutboxMessage& message, const std::string& payload) {
        return applications_.TakeAnswer(message, payload);
      },
      [this] { Tick(); }));
  query_.Attach(runtime_.sender());
  CHUANYU_RETURN_IF_ERROR(runtime_.FollowLives(LifeActsOf(applications_)));
  runtime_.EraseBy([this] { return applications_.EraseOnce(); });
  return runtime_.Serve({&front_}, {&provider_}, &questions_);
}

void Service::Tick() {
  LogFailure("claims_not_told", applications_.TellCases());
  LogFailure("untold_not_ended", applications_.EndUntold(kClockPage));
  LogFailure("hukou_moves_not_followed", applications_.FollowMoves(kMovesLooked));
  const absl::StatusOr<int> looked = grants_.RunClock(kClockPage);
  LogFailure("months_not_posted", looked.status());
  // Compared when everything is posted.
  if (looked.ok() && *looked == 0) LogFailure("comparison_not_begun", comparisons_.RunClock());
}

void Service::Stop() { runtime_.Stop(); }

}  // namespace chuanyu::disability
