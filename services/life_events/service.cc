#include "services/life_events/service.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "common/service/keys.h"
#include "common/telemetry/log.h"

namespace chuanyu::life_events {
namespace {

constexpr char kSealName[] = "life-events/kek";
// 国家机关为履行法定职责: nobody who has died can consent, and nobody need (domain page §3.4).
constexpr char kLegalBasis[] = "个人信息保护法§34";
constexpr size_t kWorkers = 4;  // as many as the pool has sessions
constexpr absl::Duration kGrace = absl::Seconds(10);

}  // namespace

absl::StatusOr<std::unique_ptr<Service>> Service::Start(const ServiceConfig& config, const Clock& clock) {
  std::unique_ptr<Service> service(new Service(config, clock));
  CHUANYU_RETURN_IF_ERROR(service->OpenStores());
  CHUANYU_RETURN_IF_ERROR(service->Serve());
  return service;
}

Service::~Service() { Stop(); }

absl::Status Service::OpenStores() {
  CHUANYU_ASSIGN_OR_RETURN(DivisionTable divisions,
                           DivisionTable::Load(config_.divisions, config_.division_options));
  divisions_ = std::make_unique<DivisionTable>(std::move(divisions));
  CHUANYU_ASSIGN_OR_RETURN(sealer_, LoadSealer(config_.kek, kSealName));
  CHUANYU_ASSIGN_OR_RETURN(indexer_, LoadIndexer(config_.index_key));
  CHUANYU_ASSIGN_OR_RETURN(pool_, sql::Pool::Open({.url = config_.store_url}));
  CHUANYU_ASSIGN_OR_RETURN(outbox_, OutboxStore::Open(*pool_, *sealer_, "life_events"));
  CHUANYU_ASSIGN_OR_RETURN(store_, EventStore::Open(*pool_, *sealer_, *indexer_, *outbox_));
  return absl::OkStatus();
}

absl::Status Service::Serve() {
  CHUANYU_ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> node,
                           rpc::OpenChannel({.target = config_.exchange_target,
                                             .tls = config_.tls,
                                             .server_spiffe = config_.exchange_identity}));
  sender_ = std::make_unique<OutboxSender>(
      *outbox_, clock_, std::move(node), OutboxSender::Options{.legal_basis = kLegalBasis},
      [this](const OutboxMessage& message, const std::string&) { return store_->Told(message.request_id); },
      [] {});
  workers_ = std::make_unique<WorkerPool>(kWorkers);
  intake_ = std::make_unique<Intake>(IntakeDeps{.config = config_,
                                                .store = *store_,
                                                .divisions = *divisions_,
                                                .clock = clock_,
                                                .wake = [this] { sender_->Wake(); },
                                                .metrics = metrics_});
  front_ = std::make_unique<FrontCalls>(*intake_, *workers_, config_.region);
  provider_ = std::make_unique<ProviderCalls>(*intake_, *workers_, config_.region);
  questions_ = std::make_unique<QuestionServer>(config_.region);
  questions_->Add<v1::LifeEventsProvider>("TellEvent", *provider_, &ProviderCalls::TellEvent);
  sender_->Start();
  CHUANYU_ASSIGN_OR_RETURN(
      serving_, Serving::Start(config_, {front_.get()}, {provider_.get()}, metrics_, questions_.get()));
  LogEvent(Severity::kInfo, "life_events_serving", {{"region", config_.region}});
  return absl::OkStatus();
}

void Service::Stop() {
  if (serving_ != nullptr) serving_->Shutdown(kGrace);
  if (sender_ != nullptr) sender_->Stop();
  if (workers_ != nullptr) workers_->Stop();
  serving_.reset();
}

}  // namespace chuanyu::life_events
