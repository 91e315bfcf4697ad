#include "services/family_economy/service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/channel.h"
#include "common/service/calendar_notice.h"
#include "common/service/keys.h"
#include "common/telemetry/log.h"
#include "services/family_economy/report_signature.h"
#include "services/family_economy/rules/other_checks.h"
#include "services/family_economy/rules/procedure.h"
#include "services/family_economy/rules/proposal.h"
#include "services/family_economy/rules/review_plan.h"

namespace chuanyu::family_economy {
namespace {

// Four: as many as the pool of the store has sessions.
constexpr size_t kWorkers = 4;
constexpr absl::Duration kDeliverTimeout = absl::Seconds(5);
// Longer than any call but a watching one takes; those are ended by Drain.
constexpr absl::Duration kGrace = absl::Seconds(10);

}  // namespace

absl::StatusOr<std::vector<merkle::NoteSigner>> LoadReportSigners(const ServiceConfig& config) {
  return LoadSigners(ReportKeyName(config.region), config.report_ed25519, config.report_sm2);
}

absl::StatusOr<std::unique_ptr<Service>> Service::Start(const ServiceConfig& config, const Clock& clock) {
  std::unique_ptr<Service> service(new Service(config, clock));
  CHUANYU_RETURN_IF_ERROR(service->OpenStores());
  CHUANYU_RETURN_IF_ERROR(service->OpenSources());
  CHUANYU_RETURN_IF_ERROR(service->OpenRegisters());
  CHUANYU_RETURN_IF_ERROR(service->BuildFront());
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
  CaseStore::Options cases = config_.cases;
  CHUANYU_ASSIGN_OR_RETURN(cases.report_signers, LoadReportSigners(config_));
  CHUANYU_ASSIGN_OR_RETURN(AssessmentPolicy policy, AssessmentPolicy::Load(config_.assessment_policy));
  if (policy.region() != config_.region) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.detail = config_.assessment_policy + " is for region " + policy.region()});
  }
  assessment_policy_ = std::make_unique<AssessmentPolicy>(std::move(policy));
  cases.propose = [this](const v1::Verification& check) {
    return ProposeFor(check, assessment_policy_.get(), RulesNow());
  };
  cases.plan = [this](v1::Verification* check) {
    PlanReview(assessment_policy_.get(), RulesNow(), check);
    CountProcedure(assessment_policy_.get(), *calendar_, clock_.Now(), check);
  };
  CHUANYU_ASSIGN_OR_RETURN(outbox_, OutboxStore::Open(*pool_, *sealer_, "family_economy"));
  cases.ends = outbox_.get();
  cases.region = config_.region;
  CHUANYU_ASSIGN_OR_RETURN(store_, CaseStore::Open(*pool_, *sealer_, cases));
  CHUANYU_ASSIGN_OR_RETURN(answers_, AnswerStore::Open(*pool_, *sealer_));
  return absl::OkStatus();
}

RuleContext Service::RulesNow() const {
  return {.now = clock_.Now(),
          .today = TodayShanghai(clock_),
          .own_region = config_.region,
          .divisions = *divisions_,
          .auth_max_days = config_.auth_max_days};
}

// Departments' servers, and which classes they answer.
absl::Status Service::OpenSources() {
  CHUANYU_ASSIGN_OR_RETURN(WorkCalendar calendar, LoadWorkCalendar(config_.calendar));
  calendar_ = std::make_unique<WorkCalendar>(std::move(calendar));
  NoticeCalendarEnd(*calendar_, clock_, metrics_);
  CHUANYU_ASSIGN_OR_RETURN(FieldMatrix matrix, FieldMatrix::Load(config_.registers_fields));
  matrix_ = std::make_unique<FieldMatrix>(std::move(matrix));
  CHUANYU_ASSIGN_OR_RETURN(lookups_, LookupStore::Open(*pool_, *sealer_));
  std::vector<std::unique_ptr<RegisterClient>> clients;
  for (const SourceConfig& source : config_.sources) {
    CHUANYU_ASSIGN_OR_RETURN(std::unique_ptr<RegisterClient> client,
                             RegisterClient::Open(source, config_.tls, config_.region));
    clients.push_back(std::move(client));
  }
  desk_ = std::make_unique<SourceDesk>(SourceDesk::Deps{.store = *lookups_,
                                                        .matrix = *matrix_,
                                                        .calendar = *calendar_,
                                                        .clock = clock_,
                                                        .limits = config_.limits,
                                                        .metrics = &metrics_},
                                       std::move(clients));
  return absl::OkStatus();
}

absl::Status Service::OpenRegisters() {
  CHUANYU_ASSIGN_OR_RETURN(registers_pool_, sql::Pool::Open({.url = config_.registers_url,
                                                             .unavailable = Reason::SOURCE_UNAVAILABLE}));
  CHUANYU_ASSIGN_OR_RETURN(registers_, Registers::Load(*registers_pool_, {.folder = config_.registers_mapping,
                                                                          .region = config_.region,
                                                                          .sealer = sealer_.get()}));
  std::set<v1::DataClass> servers;
  for (const SourceConfig& source : config_.sources) {
    for (const v1::DataClass data_class : source.classes) {
      if (registers_->Has(data_class)) {
        return MakeError(
            Reason::CONFIG_INVALID,
            {.field = "source", .detail = source.id + " answers a class that is mapped as well"});
      }
      servers.insert(data_class);
    }
  }
  own_registers_ = std::make_unique<OwnRegisters>(OwnRegisters::Deps{.registers = *registers_,
                                                                     .matrix = *matrix_,
                                                                     .indexer = *indexer_,
                                                                     .divisions = *divisions_,
                                                                     .clock = clock_,
                                                                     .region = config_.region,
                                                                     .servers = servers});
  rounds_ = std::make_unique<Rounds>(Rounds::Deps{
      .own_region = config_.region,
      .peer_regions = config_.peer_regions,
      .ask_own = [this](const v1::QueryStatusRequest& question,
                        const std::string& purpose) { return own_registers_->Answer(question, purpose); },
      .calendar = *calendar_,
      .limits = config_.limits,
      .own_servers = servers});
  workers_ = std::make_unique<WorkerPool>(kWorkers);
  CHUANYU_ASSIGN_OR_RETURN(batches_, BatchRoom::Open(config_, {.pool = *pool_,
                                                               .sealer = *sealer_,
                                                               .indexer = *indexer_,
                                                               .divisions = *divisions_,
                                                               .registers = *registers_,
                                                               .matrix = *matrix_,
                                                               .checks = *store_,
                                                               .workers = *workers_,
                                                               .clock = clock_}));
  provider_ = std::make_unique<Provider>(
      Provider::Options{
          .region = config_.region,
          .matches = &batches_->matches(),
          .desk = desk_.get(),
          .meet = [this](const ProviderCall& call, const v1::QueryStatusRequest& question,
                         Provider::Options::Then then) { return MeetOtherCheck(call, question, then); },
          .ends = [this](const std::string& from_region,
                         const v1::TellCheckEndsRequest& told) { return TakeCheckEnds(from_region, told); }},
      *own_registers_, *answers_, clock_);
  questions_ = std::make_unique<QuestionServer>(config_.region);
  provider_->AddTo(*questions_);
  return absl::OkStatus();
}

absl::Status Service::BuildFront() {
  CHUANYU_ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> node,
                           rpc::OpenChannel({.target = config_.exchange_target,
                                             .tls = config_.tls,
                                             .server_spiffe = config_.exchange_identity}));
  ends_ = std::make_unique<OutboxSender>(
      *outbox_, clock_,
      // Not urgent, and a region that does not know the message yet refuses it each time.
      OutboxSender::Options{.legal_basis = kEndsLegalBasis, .retry_after = absl::Minutes(10)},
      [this](const OutboxMessage& message, const std::string&) {
        return pool_->Transact(
            [&](sql::Session& session) { return outbox_->Remove(session, message.request_id).status(); });
      },
      [] {});
  remote_ = std::make_unique<Remote>(
      *store_, clock_, std::move(node),
      Remote::Options{
          .own_region = config_.region,
          .others = [this](exchange::v1::Answer answer) { TakeOtherAnswer(std::move(answer)); },
          .ask_source = [this](const SourceQuestion& question) { return AskSource(question); },
          .cancel_source = [this](const std::string& request_id) { return desk_->Cancel(request_id); },
          .metrics = &metrics_},
      [this](const std::string& number) { watchers_.Notify(number); });
  const AskPeer ask_peer = [this](const v1::Verification& verification, const std::string& request_id,
                                  const std::string& payload) {
    remote_->Ask(verification, request_id, payload);
  };
  cases_ = std::make_unique<Cases>(CasesDeps{.store = *store_,
                                             .divisions = *divisions_,
                                             .indexer = *indexer_,
                                             .clock = clock_,
                                             .own_region = config_.region,
                                             .rounds = *rounds_,
                                             .ask_peer = ask_peer,
                                             .auth_max_days = config_.auth_max_days});
  acts_ = std::make_unique<Acts>(ActsDeps{.store = *store_,
                                          .divisions = *divisions_,
                                          .indexer = *indexer_,
                                          .clock = clock_,
                                          .own_region = config_.region,
                                          .rounds = *rounds_,
                                          .ask_peer = ask_peer,
                                          .changed =
                                              [this](const std::string& number) {
                                                watchers_.Notify(number);
                                                remote_->Wake();
                                                ends_->Wake();
                                              },
                                          .auth_max_days = config_.auth_max_days});
  listing_ = std::make_unique<Listing>(*store_, *indexer_, clock_);
  open_questions_ = std::make_unique<OpenQuestionList>(*store_, *indexer_, clock_, config_.region);
  CHUANYU_ASSIGN_OR_RETURN(audit_, AuditStore::Open(*pool_, *sealer_, *indexer_));
  reveals_ = std::make_unique<RevealDesk>(RevealDesk::Deps{.store = *store_,
                                                           .audit = *audit_,
                                                           .indexer = *indexer_,
                                                           .clock = clock_,
                                                           .systems = config_.reveal_systems});
  CHUANYU_RETURN_IF_ERROR(FollowLifeEvents());
  poller_ = std::make_unique<ChangePoller>(
      [this](const std::vector<std::string>& numbers) { return store_->Versions(numbers); }, watchers_,
      config_.changes);
  retention_ = std::make_unique<Retention>(*store_, *answers_, clock_, config_.retention);
  batches_->runner().Start(remote_->client());
  ends_->Start(remote_->client());
  desk_->Start([this](const FinishedLookup& lookup, const v1::QueryStatusResponse& answer) {
    return Deliver(lookup, answer);
  });
  front_ = std::make_unique<Front>(FrontDeps{.cases = *cases_,
                                             .acts = *acts_,
                                             .listing = *listing_,
                                             .open_questions = *open_questions_,
                                             .store = *store_,
                                             .watchers = watchers_,
                                             .workers = *workers_,
                                             .reveals = *reveals_,
                                             .divisions = *divisions_,
                                             .clock = clock_,
                                             .own_region = config_.region,
                                             .metrics = &metrics_});
  return absl::OkStatus();
}

// Of a message that told of ends, or of a question of a batch.
void Service::TakeOtherAnswer(exchange::v1::Answer answer) {
  const auto told = outbox_->Find(answer.request_id());
  if (told.ok() && told->has_value()) return ends_->TakeLater(std::move(answer));
  batches_->runner().Take(std::move(answer));
}

absl::Status Service::AskSource(const SourceQuestion& question) {
  v1::StoredLookup lookup;
  *lookup.mutable_question() = question.question;
  lookup.set_purpose(question.purpose);
  lookup.set_authorization_no(question.authorization_no);
  lookup.set_from_region(question.from_region);
  CHUANYU_ASSIGN_OR_RETURN(*lookup.mutable_answer(),
                           own_registers_->Answer(question.question, question.purpose));
  return desk_->Begin(question.request_id, LookupFor::kOwnCheck, lookup);
}

absl::Status Service::Deliver(const FinishedLookup& lookup, const v1::QueryStatusResponse& answer) {
  if (lookup.waiting == LookupFor::kOwnCheck) return remote_->TakeSourceAnswer(lookup.request_id, answer);
  // Kept first: a repeat must find the answer that the journal will have.
  CHUANYU_ASSIGN_OR_RETURN(const v1::QueryStatusResponse kept,
                           answers_->Keep(lookup.request_id, lookup.lookup.question(), answer, clock_.Now()));
  exchange::v1::AnswerDeferredRequest request;
  request.set_request_id(lookup.request_id);
  request.set_payload(kept.SerializeAsString());
  for (const std::string& field : FieldsOf({kept.results().begin(), kept.results().end()})) {
    request.add_fields(field);
  }
  return remote_->client().AnswerDeferred(request, kDeliverTimeout).status();
}

absl::Status Service::Serve() {
  CHUANYU_ASSIGN_OR_RETURN(serving_, Serving::Start(config_, {front_.get(), &batches_->service()},
                                                    {provider_.get()}, metrics_, questions_.get()));
  LogEvent(Severity::kInfo, "family_economy_serving", {{"region", config_.region}});
  return absl::OkStatus();
}

void Service::Stop() {
  if (front_ != nullptr) front_->Drain();
  if (batches_ != nullptr) batches_->service().Drain();
  if (serving_ != nullptr) serving_->Shutdown(kGrace);
  if (poller_ != nullptr) poller_->Stop();
  if (retention_ != nullptr) retention_->Stop();
  if (follower_ != nullptr) follower_->Stop();
  if (desk_ != nullptr) desk_->Stop();
  if (remote_ != nullptr) remote_->Stop();
  if (ends_ != nullptr) ends_->Stop();
  if (batches_ != nullptr) batches_->runner().Stop();
  if (workers_ != nullptr) workers_->Stop();
  // Handlers are gone; the services go before what they use.
  serving_.reset();
  questions_.reset();
  provider_.reset();
  front_.reset();
}

}  // namespace chuanyu::family_economy
