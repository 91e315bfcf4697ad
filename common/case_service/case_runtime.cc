#include "common/case_service/case_runtime.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/channel.h"
#include "common/service/calendar_notice.h"
#include "common/telemetry/log.h"

namespace chuanyu {
namespace {

constexpr absl::Duration kGrace = absl::Seconds(10);

HukouMove MoveOf(const life_events::v1::KnownEvent& event, Date day) {
  return {.from = event.hukou_move().from().code(),
          .to = event.hukou_move().to().code(),
          .day = day,
          .region = event.region().code(),
          .disputed = event.disputed()};
}

}  // namespace

CaseRuntime::CaseRuntime(CaseDesk& desk, Options options)
    : desk_(desk), options_(std::move(options)), workers_(options_.workers) {
  desk_.Attach([this](const std::string& topic) { watchers_.Notify(topic); },
               [this] {
                 if (sender_ != nullptr) sender_->Wake();
               });
}

CaseRuntime::~CaseRuntime() { Stop(); }

absl::Status CaseRuntime::Connect(OutboxSender::TakeFn take, OutboxSender::TickFn each_tick) {
  const CaseConfig& config = desk_.config();
  CHUANYU_ASSIGN_OR_RETURN(
      std::shared_ptr<grpc::Channel> node,
      rpc::OpenChannel(
          {.target = config.exchange_target, .tls = config.tls, .server_spiffe = config.exchange_identity}));
  sender_ = std::make_unique<OutboxSender>(desk_.outbox(), desk_.clock(), std::move(node),
                                           OutboxSender::Options{.legal_basis = options_.legal_basis},
                                           std::move(take), std::move(each_tick));
  return absl::OkStatus();
}

absl::StatusOr<std::string> CaseRuntime::SubjectOf(const life_events::v1::KnownEvent& event) const {
  std::vector<Warning> warnings;  // of the number, which life_events has looked at
  CHUANYU_ASSIGN_OR_RETURN(const Person person, ParsePerson(event.person(), desk_.Today(), desk_.divisions(),
                                                            "person", &warnings));
  return desk_.SubjectOf(person);
}

absl::Status CaseRuntime::FollowLives(LifeActs acts) {
  using life_events::v1::KnownEvent;
  const CaseConfig& config = desk_.config();
  if (config.life_events.target.empty()) return absl::OkStatus();
  const auto shared = std::make_shared<const LifeActs>(std::move(acts));
  auto apply = [this, shared](sql::Session& session, const KnownEvent& event,
                              CaseDesk::Topics* topics) -> absl::Status {
    const bool moves = event.kind() == life_events::v1::LIFE_EVENT_KIND_HUKOU_MOVE;
    if (!moves && event.kind() != life_events::v1::LIFE_EVENT_KIND_DEATH) return absl::OkStatus();
    CHUANYU_ASSIGN_OR_RETURN(const std::string subject, SubjectOf(event));
    CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(event.date().value(), "date"));
    CHUANYU_RETURN_IF_ERROR(desk_.rows().Lock(session));
    if (moves) return shared->moved(session, subject, MoveOf(event, day), topics);
    return shared->died(session, subject, day, topics);
  };
  auto withdraw = [this, shared](sql::Session& session, const KnownEvent& event,
                                 CaseDesk::Topics* topics) -> absl::Status {
    const bool moves = event.kind() == life_events::v1::LIFE_EVENT_KIND_HUKOU_MOVE;
    const bool lives = event.kind() == life_events::v1::LIFE_EVENT_KIND_DEATH && !event.others_stand();
    if (!moves && !lives) return absl::OkStatus();
    CHUANYU_ASSIGN_OR_RETURN(const std::string subject, SubjectOf(event));
    CHUANYU_ASSIGN_OR_RETURN(const Date day, ParseDate(event.date().value(), "date"));
    CHUANYU_RETURN_IF_ERROR(desk_.rows().Lock(session));
    if (moves) return shared->stays(session, subject, MoveOf(event, day), topics);
    return shared->lives(session, subject);
  };
  CHUANYU_ASSIGN_OR_RETURN(
      follower_, life_events::EventFollower::Open(
                     config.life_events,
                     {.pool = desk_.pool(),
                      .tls = config.tls,
                      .name = desk_.item().name,
                      .metrics = &metrics_,
                      .apply = std::move(apply),
                      .withdraw = std::move(withdraw),
                      .applied = [this](const CaseDesk::Topics& topics) { desk_.Changed(topics); }}));
  return absl::OkStatus();
}

void CaseRuntime::EraseBy(std::function<absl::StatusOr<int>()> erase) {
  eraser_ = std::make_unique<Periodic>(desk_.config().retention.every, [erase = std::move(erase)] {
    const absl::StatusOr<int> erased = erase();
    LogFailure("retention_failed", erased.status());
    if (erased.ok() && *erased > 0) LogEvent(Severity::kInfo, "retention_erased", {{"cases", *erased}});
  });
}

absl::Status CaseRuntime::Serve(const std::vector<grpc::Service*>& front,
                                const std::vector<grpc::Service*>& provider, QuestionServer* questions) {
  sender_->Start();
  CHUANYU_ASSIGN_OR_RETURN(serving_, Serving::Start(desk_.config(), front, provider, metrics_, questions));
  LogEvent(Severity::kInfo, "case_service_serving",
           {{"item", desk_.item().name}, {"region", desk_.own_region()}, {"flow", desk_.flow().version()}});
  if (follower_ != nullptr) follower_->Start();
  if (eraser_ != nullptr) eraser_->Start();
  poller_ = std::make_unique<ChangePoller>(
      [this](const std::vector<std::string>& topics) { return Versions(topics); }, watchers_,
      options_.changes);
  NoticeCalendarEnd(desk_.calendar(), desk_.clock(), metrics_);
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, int64_t>> CaseRuntime::Versions(
    const std::vector<std::string>& topics) const {
  std::map<std::string, int64_t> out;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(out, desk_.rows().Versions(session, topics));
    return options_.versions ? options_.versions(session, topics, &out) : absl::OkStatus();
  }));
  return out;
}

void CaseRuntime::Stop() {
  draining_->store(true);
  watchers_.NotifyAll();
  if (poller_ != nullptr) poller_->Stop();
  if (eraser_ != nullptr) eraser_->Stop();
  if (follower_ != nullptr) follower_->Stop();
  if (sender_ != nullptr) sender_->Stop();  // before the front: it ends the calls that wait for answers
  if (serving_ != nullptr) serving_->Shutdown(kGrace);
  workers_.Stop();
  serving_.reset();
}

void LogFailure(const char* event, const absl::Status& status) {
  if (status.ok()) return;
  LogEvent(Severity::kError, event,
           {{"reason", std::string(ReasonName(ReasonOf(status).value_or(Reason::INTERNAL)))}});
}

}  // namespace chuanyu
