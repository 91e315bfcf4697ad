#include "services/child_welfare/service.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/channel.h"
#include "common/service/calendar_notice.h"
#include "common/service/keys.h"
#include "common/telemetry/log.h"
#include "services/child_welfare/recognition_signature.h"

namespace chuanyu::child_welfare {
namespace {

// Bound into every seal of the store.
constexpr char kSealName[] = "child-welfare/kek";
constexpr char kItem[] = "child_welfare";
// 民办发〔2021〕10号: 孤儿和事实无人抚养儿童认定“跨省通办”.
constexpr char kLegalBasis[] = "民办发〔2021〕10号";
constexpr size_t kWorkers = 4;  // as many as the pool of the store has sessions
constexpr absl::Duration kGrace = absl::Seconds(10);
constexpr int kClockPage = 100;

void LogFailure(const char* event, const absl::Status& status) {
  if (status.ok()) return;
  LogEvent(Severity::kError, event,
           {{"reason", std::string(ReasonName(ReasonOf(status).value_or(Reason::INTERNAL)))}});
}

}  // namespace

absl::StatusOr<std::vector<merkle::NoteSigner>> LoadRecognitionSigners(const ServiceConfig& config) {
  return LoadSigners(RecognitionKeyName(config.region), config.sign_ed25519, config.sign_sm2);
}

absl::StatusOr<std::unique_ptr<Service>> Service::Start(const ServiceConfig& config, const Clock& clock) {
  std::unique_ptr<Service> service(new Service(config, clock));
  CHUANYU_RETURN_IF_ERROR(service->LoadRules());
  CHUANYU_RETURN_IF_ERROR(service->OpenStores());
  CHUANYU_RETURN_IF_ERROR(service->BuildDesk());
  CHUANYU_RETURN_IF_ERROR(service->Serve());
  return service;
}

Service::~Service() { Stop(); }

absl::Status Service::LoadRules() {
  CHUANYU_ASSIGN_OR_RETURN(DivisionTable divisions,
                           DivisionTable::Load(config_.divisions, config_.division_options));
  divisions_ = std::make_unique<DivisionTable>(std::move(divisions));
  CHUANYU_ASSIGN_OR_RETURN(WorkCalendar calendar, LoadWorkCalendar(config_.calendar));
  calendar_ = std::make_unique<WorkCalendar>(std::move(calendar));
  NoticeCalendarEnd(*calendar_, clock_, metrics_);
  CHUANYU_ASSIGN_OR_RETURN(ChildPolicy policy, ChildPolicy::Load(config_.policy, config_.region));
  policy_ = std::make_unique<ChildPolicy>(std::move(policy));
  CHUANYU_ASSIGN_OR_RETURN(
      cases::Flow flow,
      cases::Flow::Load(
          config_.flow,
          {// 民发〔2019〕62号: 不宜设置公示环节.
           .forbidden = {cases::StepKind::kPublicNotice},
           .needed_steps = {"RECEIVED", "SUPPLEMENT", "PUSHED", "TOWN_REVIEW", "COUNTY_REVIEW", "APPROVED",
                            "REJECTED", "RETURNED", "NOTIFIED", "WITHDRAWN", "DUPLICATE"},
           .needed_acts = {"push", "arrive", "approve", "result_approved", "result_rejected",
                           "result_returned", "notify", "end_duplicate"}}));
  flow_ = std::make_unique<cases::Flow>(std::move(flow));
  return absl::OkStatus();
}

absl::Status Service::OpenStores() {
  CHUANYU_ASSIGN_OR_RETURN(sealer_, LoadSealer(config_.kek, kSealName));
  CHUANYU_ASSIGN_OR_RETURN(own_indexer_, LoadIndexer(config_.index_key));
  CHUANYU_ASSIGN_OR_RETURN(claim_indexer_, LoadIndexer(config_.claim_key));
  CHUANYU_ASSIGN_OR_RETURN(pool_, sql::Pool::Open({.url = config_.store_url}));
  CHUANYU_ASSIGN_OR_RETURN(store_, CaseStore::Open(*pool_, *sealer_));
  CHUANYU_ASSIGN_OR_RETURN(outbox_, OutboxStore::Open(*pool_, *sealer_));
  CHUANYU_ASSIGN_OR_RETURN(
      claims_, uniqueness::ClaimStore::Open(
                   *pool_, {.item = kItem,
                            .own_region = config_.region,
                            .peers = config_.peer_regions,
                            .tell = [this](sql::Session& session, const uniqueness::ClaimMessage& message) {
                              return Tell(session, message);
                            }}));
  return absl::OkStatus();
}

absl::Status Service::Tell(sql::Session& session, const uniqueness::ClaimMessage& message) {
  const std::string subject = absl::HexStringToBytes(message.subject.hex);
  if (message.kind == uniqueness::ClaimMessage::Kind::kClaim) {
    cases::v1::ClaimSubjectRequest request;
    request.set_claim_id(message.claim_id);
    request.set_subject(subject);
    request.set_key_id(config_.claim_key_id);
    *request.mutable_accepted_at() = TimestampOf(absl::FromUnixMillis(message.accepted_at_ms));
    return desk_->Send(session, message.to_region, kClaimSubject, message.claim_id, request);
  }
  cases::v1::ReleaseSubjectRequest request;
  request.set_claim_id(message.claim_id);
  request.set_subject(subject);
  request.set_key_id(config_.claim_key_id);
  return desk_->Send(session, message.to_region, kReleaseSubject, message.claim_id, request);
}

absl::Status Service::BuildDesk() {
  CHUANYU_ASSIGN_OR_RETURN(std::vector<merkle::NoteSigner> signers, LoadRecognitionSigners(config_));
  CHUANYU_ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> node,
                           rpc::OpenChannel({.target = config_.exchange_target,
                                             .tls = config_.tls,
                                             .server_spiffe = config_.exchange_identity}));
  workers_ = std::make_unique<WorkerPool>(kWorkers);
  desk_ =
      std::make_unique<Desk>(DeskDeps{.pool = *pool_,
                                      .store = *store_,
                                      .claims = *claims_,
                                      .outbox = *outbox_,
                                      .policy = *policy_,
                                      .flow = *flow_,
                                      .calendar = *calendar_,
                                      .divisions = *divisions_,
                                      .own_indexer = *own_indexer_,
                                      .claim_indexer = *claim_indexer_,
                                      .claim_key_id = config_.claim_key_id,
                                      .clock = clock_,
                                      .own_region = config_.region,
                                      .peers = config_.peer_regions,
                                      .offices = config_.offices,
                                      .signers = std::move(signers),
                                      .changed = [this](const std::string& name) { watchers_.Notify(name); },
                                      .wake =
                                          [this] {
                                            if (sender_ != nullptr) sender_->Wake();
                                          }});
  determinations_ = std::make_unique<Determinations>(*desk_);
  applications_ = std::make_unique<Applications>(*desk_, *determinations_);
  peers_ = std::make_unique<Peers>(*desk_, *applications_, *determinations_);
  recognitions_ = std::make_unique<Recognitions>(*desk_, *peers_);
  sender_ = std::make_unique<OutboxSender>(
      *outbox_, clock_, std::move(node), OutboxSender::Options{.legal_basis = kLegalBasis},
      [this](const OutboxMessage& message, const std::string& payload) {
        return peers_->TakeAnswer(message, payload);
      },
      [this] { Tick(); });
  recognitions_->Attach(*sender_);
  front_ = std::make_unique<Front>(FrontDeps{.applications = *applications_,
                                             .recognitions = *recognitions_,
                                             .watchers = watchers_,
                                             .workers = *workers_,
                                             .own_region = config_.region});
  provider_ = std::make_unique<Provider>(config_.region, *peers_);
  return absl::OkStatus();
}

void Service::Tick() {
  LogFailure("claims_not_told", peers_->TellCases());
  LogFailure("determinations_not_checked", determinations_->RunClock(kClockPage));
}

absl::Status Service::Serve() {
  sender_->Start();
  CHUANYU_ASSIGN_OR_RETURN(serving_, Serving::Start(config_, {front_.get()}, {provider_.get()}, metrics_));
  LogEvent(Severity::kInfo, "child_welfare_serving",
           {{"region", config_.region}, {"policy", policy_->version()}, {"flow", flow_->version()}});
  return absl::OkStatus();
}

void Service::Stop() {
  if (front_ != nullptr) front_->Drain();
  if (sender_ != nullptr) sender_->Stop();  // before the front: it ends the calls that wait for answers
  if (serving_ != nullptr) serving_->Shutdown(kGrace);
  if (workers_ != nullptr) workers_->Stop();
  serving_.reset();
  provider_.reset();
  front_.reset();
}

}  // namespace chuanyu::child_welfare
