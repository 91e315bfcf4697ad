// Everything of the periodic re-check of one region, wired: what it answers to others and what it asks for
// its own systems.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/base/worker_pool.h"
#include "services/family_economy/batch/batch_intake.h"
#include "services/family_economy/batch/batch_runner.h"
#include "services/family_economy/batch/batches.h"
#include "services/family_economy/batch/match_answerer.h"
#include "services/family_economy/batch/warning_rules.h"
#include "services/family_economy/config.h"

namespace chuanyu::family_economy {

class BatchRoom {
 public:
  struct Deps {
    sql::Pool& pool;
    const crypto::Sealer& sealer;
    const crypto::BlindIndexer& indexer;
    const DivisionTable& divisions;
    const Registers& registers;
    const FieldMatrix& matrix;
    CaseStore& checks;  // knows the life events
    WorkerPool& workers;
    const Clock& clock;
  };
  // What is referred to outlives the room. The runner is not started.
  static absl::StatusOr<std::unique_ptr<BatchRoom>> Open(const ServiceConfig& config, const Deps& deps);

  MatchAnswerer& matches() { return *matches_; }
  BatchRunner& runner() { return *runner_; }
  Batches& service() { return *service_; }

  // In the caller's transaction, about the lines of batches that are not over. What to Notify of afterwards.
  absl::StatusOr<std::vector<std::string>> TakeLifeEvent(sql::Session& session, const KnownLifeEvent& known);
  void Notify(const std::string& name) { watchers_.Notify(name); }

 private:
  explicit BatchRoom(const Deps& deps) : deps_(deps) {}
  absl::StatusOr<BatchStore::Rules::Payloads> QuestionsAbout(sql::Session& session, const std::string& org,
                                                             const std::vector<const v1::BatchLine*>& lines,
                                                             const v1::BatchManifest& manifest) const;
  // What the region's rules make of life events that were told.
  absl::StatusOr<std::multimap<std::string, v1::BatchWarning>> KnownOf(
      sql::Session& session, const std::vector<std::string>& persons, const std::string& org) const;
  absl::Status MayAsk(const std::string& purpose, v1::DataClass data_class) const;

  const Deps deps_;
  std::string region_;
  MatchKeys keys_;
  std::unique_ptr<WarningRules> rules_;
  std::unique_ptr<MatchIndex> index_;
  std::unique_ptr<MatchAnswerer> matches_;
  Watchers watchers_;
  std::unique_ptr<BatchStore> store_;
  std::unique_ptr<BatchIntake> intake_;
  std::unique_ptr<BatchRunner> runner_;
  std::unique_ptr<Batches> service_;
};

}  // namespace chuanyu::family_economy
