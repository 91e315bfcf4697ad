#include "services/family_economy/batch/batch_room.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/batch/lines.h"

namespace chuanyu::family_economy {

absl::StatusOr<BatchStore::Rules::Payloads> BatchRoom::QuestionsAbout(
    sql::Session& session, const std::string& org, const std::vector<const v1::BatchLine*>& lines,
    const v1::BatchManifest& manifest) const {
  const RuleContext context{.now = deps_.clock.Now(),
                            .today = TodayShanghai(deps_.clock),
                            .own_region = region_,
                            .divisions = deps_.divisions};
  BatchStore::Rules::Payloads out;
  std::vector<AuthorizationUse> uses;
  std::vector<size_t> used_by;  // of each use: its line
  for (const v1::BatchLine* const line : lines) {
    // Once more: a batch may take days, and no question goes out without an authorisation that is in force.
    const absl::StatusOr<Person> person = CheckLine(*line, manifest, context);
    if (!person.ok()) {
      out.emplace_back(person.status());
      continue;
    }
    const auto [type, number] = person->Key();
    const std::string index = deps_.indexer.Index({.type = type, .number = number}).ToHex();
    uses.push_back({line->auth_no(), index.substr(0, kPersonHexDigits)});
    used_by.push_back(out.size());
    out.emplace_back(QuestionAbout(*person, manifest).SerializeAsString());
  }
  // One look for the whole chunk.
  CHUANYU_ASSIGN_OR_RETURN(const auto refused, RefusedUses(session, org, uses));
  for (const auto& [use, why] : refused) out[used_by[use]] = why;
  return out;
}

absl::StatusOr<std::multimap<std::string, v1::BatchWarning>> BatchRoom::KnownOf(
    sql::Session& session, const std::vector<std::string>& persons, const std::string& org) const {
  std::multimap<std::string, v1::BatchWarning> out;
  CHUANYU_ASSIGN_OR_RETURN(const auto events, deps_.checks.LifeEventsOf(session, persons));
  for (const auto& [person, event] : events) {
    for (v1::BatchWarning& warning : rules_->RaiseFor(event, org, TodayShanghai(deps_.clock))) {
      out.emplace(person, std::move(warning));
    }
  }
  return out;
}

absl::Status BatchRoom::MayAsk(const std::string& purpose, v1::DataClass data_class) const {
  CHUANYU_RETURN_IF_ERROR(deps_.matrix.Check(purpose, data_class));
  if (deps_.registers.Lists(data_class)) return absl::OkStatus();
  return MakeError(Reason::SOURCE_NOT_CONFIGURED);
}

absl::StatusOr<std::vector<std::string>> BatchRoom::TakeLifeEvent(sql::Session& session,
                                                                  const KnownLifeEvent& known) {
  const std::string person = known.person.ToHex().substr(0, kPersonHexDigits);
  if (known.event.withdrawn()) return store_->TakeBackWarnings(session, person, known.event);
  return store_->WarnAbout(session, person, [&](const std::string& org) {
    return rules_->RaiseFor(known.event, org, TodayShanghai(deps_.clock));
  });
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
      .known = [self](sql::Session& session, const auto& persons,
                      const std::string& org) { return self->KnownOf(session, persons, org); },
      .may_ask = [self](const std::string& purpose,
                        v1::DataClass data_class) { return self->MayAsk(purpose, data_class); },
      .refused = [self](const std::string& org, const std::vector<AuthorizationUse>& uses)
          -> absl::StatusOr<std::map<size_t, absl::Status>> {
        std::map<size_t, absl::Status> out;
        CHUANYU_RETURN_IF_ERROR(self->deps_.pool.Run([&](sql::Session& session) -> absl::Status {
          CHUANYU_ASSIGN_OR_RETURN(out, RefusedUses(session, org, uses));
          return absl::OkStatus();
        }));
        return out;
      }});
  room->runner_ = std::make_unique<BatchRunner>(
      *room->store_,
      BatchStore::Rules{
          .questions =
              [self](sql::Session& session, const std::string& org,
                     const std::vector<const v1::BatchLine*>& lines, const v1::BatchManifest& manifest) {
                return self->QuestionsAbout(session, org, lines, manifest);
              },
          .warnings =
              [self](const v1::QueryStatusResponse& answer, const OnFile& on_file, const std::string& org) {
                return self->rules_->Raise(answer, on_file, org, TodayShanghai(self->deps_.clock));
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
