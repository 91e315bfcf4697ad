#include "services/family_economy/batch/batch_room.h"

#include <utility>

#include "common/base/status_macros.h"
#include "services/family_economy/batch/lines.h"
#include "services/family_economy/rules/life_events.h"

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

absl::StatusOr<std::multimap<std::string, v1::BatchWarning>> BatchRoom::KnownOf(
    const std::vector<std::string>& persons, const std::string& org) const {
  std::multimap<std::string, v1::BatchWarning> out;
  CHUANYU_ASSIGN_OR_RETURN(const auto events, deps_.checks.LifeEventsOf(persons));
  for (const auto& [person, event] : events) {
    if (!IsDeath(event)) continue;
    // As a register of deaths would say it, so that the same rule holds.
    v1::QueryStatusResponse answer;
    v1::ClassResult& result = *answer.add_results();
    result.set_data_class(v1::DATA_CLASS_A03_DEATH);
    result.set_state(v1::RESULT_STATE_HIT);
    result.set_source(
        "life-events/" +
        life_events::v1::LifeEventSource_Name(event.source()).substr(sizeof("LIFE_EVENT_SOURCE_") - 1));
    v1::DeathRecord& record = *result.add_items()->mutable_death_record();
    record.set_type(v1::DEATH_RECORD_TYPE_DEATH);
    record.mutable_from_month()->set_value(event.date().value().substr(0, 7));
    *record.mutable_region() = event.region();
    for (v1::BatchWarning& warning : rules_->Raise(answer, "", org, TodayShanghai(deps_.clock))) {
      *warning.mutable_region() = event.region();
      out.emplace(person, std::move(warning));
    }
  }
  return out;
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
  room->intake_ = std::make_unique<BatchIntake>(BatchIntake::Deps{
      .store = *room->store_,
      .keys = room->keys_,
      .indexer = deps.indexer,
      .divisions = deps.divisions,
      .clock = deps.clock,
      .own_region = config.region,
      .peer_regions = config.peer_regions,
      .known = [self](const auto& persons, const std::string& org) { return self->KnownOf(persons, org); }});
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
