#include "services/child_welfare/service.h"

#include <utility>

#include "common/base/status_macros.h"

namespace chuanyu::child_welfare {
namespace {

// 民办发〔2021〕10号: 孤儿和事实无人抚养儿童认定“跨省通办”.
constexpr char kLegalBasis[] = "民办发〔2021〕10号";
constexpr int kClockPage = 100;
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
      runtime_(*desk_, {.legal_basis = kLegalBasis,
                        .versions =
                            [this](sql::Session& session, const std::vector<std::string>& topics,
                                   std::map<std::string, int64_t>* versions) {
                              return recognitions_.Versions(session, topics, versions);
                            }}),
      determinations_(*desk_),
      claims_(*desk_,
              [this](sql::Session& session, const std::string& subject) {
                return determinations_.InForce(session, subject);
              }),
      applications_(*desk_, determinations_, claims_),
      acts_(*desk_, determinations_, applications_),
      peers_(*desk_, determinations_),
      recognitions_(*desk_, peers_),
      front_({.applications = applications_,
              .acts = acts_,
              .recognitions = recognitions_,
              .watching = runtime_.watching(),
              .own_region = desk_->own_region()}),
      provider_(desk_->own_region(), claims_, applications_, peers_),
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
  recognitions_.Attach(runtime_.sender());
  CHUANYU_RETURN_IF_ERROR(runtime_.FollowLives(LifeActsOf(applications_)));
  runtime_.EraseBy([this] { return EraseOnce(); });
  return runtime_.Serve({&front_}, {&provider_}, &questions_);
}

void Service::Tick() {
  LogFailure("claims_not_told", applications_.TellCases());
  LogFailure("untold_not_ended", applications_.EndUntold(kClockPage));
  LogFailure("hukou_moves_not_followed", applications_.FollowMoves(kMovesLooked));
  LogFailure("determinations_not_checked", determinations_.RunClock(kClockPage));
}

absl::StatusOr<int> Service::EraseOnce() {
  CHUANYU_ASSIGN_OR_RETURN(const int cases, applications_.EraseOnce());
  CHUANYU_RETURN_IF_ERROR(recognitions_.EraseOnce());
  return cases;
}

void Service::Stop() { runtime_.Stop(); }

}  // namespace chuanyu::child_welfare
