// The family economy service of one region, wired: stores and registers, then the questions to other regions,
// then what lets anybody in. Shutdown is the reverse.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/worker_pool.h"
#include "common/clock/clock.h"
#include "common/life_events/event_follower.h"
#include "common/outbox/outbox_sender.h"
#include "common/service/serving.h"
#include "common/telemetry/metrics.h"
#include "services/family_economy/batch/batch_room.h"
#include "services/family_economy/config.h"
#include "services/family_economy/front.h"
#include "services/family_economy/provider.h"
#include "services/family_economy/remote.h"
#include "services/family_economy/rules/assessment_policy.h"
#include "services/family_economy/sources/source_desk.h"

namespace chuanyu::family_economy {

// Bound into every seal of the store.
inline constexpr char kSealName[] = "family-economy/kek";
// The keys that sign reports, by name and kind; none when none is configured. CONFIG_INVALID when a file is
// unusable or holds a key of another kind.
absl::StatusOr<std::vector<merkle::NoteSigner>> LoadReportSigners(const ServiceConfig& config);

class Service {
 public:
  // Serving on return. `clock` outlives the service.
  static absl::StatusOr<std::unique_ptr<Service>> Start(const ServiceConfig& config, const Clock& clock);
  // As Stop().
  ~Service();

  // Lets running calls finish, stores what has arrived, and ends. Idempotent.
  void Stop();

 private:
  Service(const ServiceConfig& config, const Clock& clock) : config_(config), clock_(clock) {}

  absl::Status OpenStores();
  RuleContext RulesNow() const;
  absl::Status OpenRegisters();
  absl::Status OpenSources();
  absl::Status AskSource(const SourceQuestion& question);
  absl::Status Deliver(const FinishedLookup& lookup, const v1::QueryStatusResponse& answer);
  absl::Status BuildFront();
  absl::Status FollowLifeEvents();
  absl::Status TakeLifeEvent(sql::Session& session, const life_events::v1::KnownEvent& event,
                             life_events::EventFollower::Topics* changed);
  absl::Status MeetOtherCheck(const ProviderCall& call, const v1::QueryStatusRequest& question,
                              Provider::Options::Then then);
  absl::Status TakeCheckEnds(const std::string& from_region, const v1::TellCheckEndsRequest& told);
  void TakeOtherAnswer(exchange::v1::Answer answer);
  std::vector<IndexedMember> MembersOf(const v1::Verification& check) const;
  absl::Status Serve();

  const ServiceConfig config_;
  const Clock& clock_;
  Metrics metrics_;
  // In the order in which they are built; each may use what stands above it.
  std::unique_ptr<DivisionTable> divisions_;
  std::unique_ptr<crypto::Sealer> sealer_;
  std::unique_ptr<crypto::BlindIndexer> indexer_;
  std::unique_ptr<sql::Pool> pool_;
  std::unique_ptr<AssessmentPolicy> assessment_policy_;
  std::unique_ptr<OutboxStore> outbox_;  // of ends of checks
  std::unique_ptr<CaseStore> store_;
  std::unique_ptr<AnswerStore> answers_;
  std::unique_ptr<sql::Pool> registers_pool_;
  std::unique_ptr<Registers> registers_;
  std::unique_ptr<FieldMatrix> matrix_;
  std::unique_ptr<OwnRegisters> own_registers_;
  std::unique_ptr<WorkCalendar> calendar_;
  std::unique_ptr<LookupStore> lookups_;
  std::unique_ptr<SourceDesk> desk_;
  std::unique_ptr<Retention> retention_;
  Watchers watchers_;
  std::unique_ptr<ChangePoller> poller_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<BatchRoom> batches_;  // before remote_: it takes answers that come through it
  std::unique_ptr<OutboxSender> ends_;  // as well; sends through remote_'s connection
  std::unique_ptr<Remote> remote_;
  std::unique_ptr<Rounds> rounds_;
  std::unique_ptr<Cases> cases_;
  std::unique_ptr<Acts> acts_;
  std::unique_ptr<Listing> listing_;
  std::unique_ptr<OpenQuestionList> open_questions_;
  std::unique_ptr<AuditStore> audit_;
  std::unique_ptr<RevealDesk> reveals_;
  std::unique_ptr<life_events::EventFollower> follower_;  // none without [life_events]
  std::unique_ptr<Front> front_;
  std::unique_ptr<Provider> provider_;
  std::unique_ptr<QuestionServer> questions_;
  std::unique_ptr<Serving> serving_;
};

}  // namespace chuanyu::family_economy
