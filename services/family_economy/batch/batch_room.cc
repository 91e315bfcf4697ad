#include "services/family_economy/batch/batch_room.h"

#include <utility>

#include "common/base/status_macros.h"
#include "services/family_economy/batch/lines.h"

namespace chuanyu::family_economy {

absl::StatusOr<std::string> BatchRoom::QuestionAboutLine(const v1::BatchLine& line,
                                                         const v1::BatchManifest& manifest) const {
  const RuleContext context{.now = deps_.clock.Now(),
                            .today = TodayShanghai(deps_.clock),
                            .own_region = region_,
                            .divisions = deps_.divisions};
  // Once more: a batch may take days, and no question goes out without an authorisation that is in force.
  CHUANYU_ASSIGN_OR_RETURN(const Person person, CheckLine(line, manifest, context));
  return QuestionAbout(person, manifest).SerializeAsString();
}

absl::StatusOr<std::unique_ptr<BatchRoom>> BatchRoom::Open(const ServiceConfig& config, const Deps& deps) {
  std::unique_ptr<BatchRoom> room(new BatchRoom(deps));
  BatchRoom* const self = room.get();
  room->region_ = config.region;
  if (!config.match_keys.empty()) {
    CHUANYU_ASSIGN_OR_RETURN(room->keys_, MatchKeys::Load(config.match_keys));
  }
  CHUANYU_ASSIGN_OR_RETURN(WarningRules rules, WarningRules::Load(config.batch_warnings));
  room->rules_ = std::make_unique<WarningRules>(std::move(rules));
  CHUANYU_ASSIGN_OR_RETURN(room->index_, MatchIndex::Open(deps.pool));
  CHUANYU_ASSIGN_OR_RETURN(room->store_, BatchStore::Open(deps.pool, deps.sealer));
  room->intake_ = std::make_unique<BatchIntake>(BatchIntake::Deps{.store = *room->store_,
                                                                  .keys = room->keys_,
                                                                  .indexer = deps.indexer,
                                                                  .divisions = deps.divisions,
                                                                  .clock = deps.clock,
                                                                  .own_region = config.region,
                                                                  .peer_regions = config.peer_regions});
  room->runner_ = std::make_unique<BatchRunner>(
      *room->store_,
      BatchStore::Rules{
          .question = [self](const v1::BatchLine& line, const v1::BatchManifest& manifest)
              -> absl::StatusOr<std::string> { return self->QuestionAboutLine(line, manifest); },
          .warnings =
              [self](const v1::QueryStatusResponse& answer, const std::string& known_code,
                     const std::string& org) {
                return self->rules_->Raise(answer, known_code, org, TodayShanghai(self->deps_.clock));
              }},
      deps.clock, BatchRunner::Options{}, [self](const std::string& name) { self->watchers_.Notify(name); });
  room->service_ = std::make_unique<Batches>(BatchesDeps{.intake = *room->intake_,
                                                         .store = *room->store_,
                                                         .watchers = room->watchers_,
                                                         .workers = deps.workers,
                                                         .clock = deps.clock,
                                                         .own_region = config.region,
                                                         .completed = [self] { self->runner_->Wake(); }});
  room->matches_ = std::make_unique<MatchAnswerer>(MatchAnswerer::Deps{.index = *room->index_,
                                                                       .keys = room->keys_,
                                                                       .registers = deps.registers,
                                                                       .matrix = deps.matrix,
                                                                       .clock = deps.clock,
                                                                       .refresh = config.match_refresh});
  return room;
}

}  // namespace chuanyu::family_economy
