// How the service follows the life events of its region.
#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/person/person.h"
#include "common/telemetry/log.h"
#include "services/family_economy/rules/life_events.h"
#include "services/family_economy/service.h"

namespace chuanyu::family_economy {
namespace {

constexpr int kIndexPage = 200;

}  // namespace

// Members of a stored check; those whose number cannot be read any more are in no index.
std::vector<IndexedMember> Service::MembersOf(const v1::Verification& check) const {
  std::vector<IndexedMember> out;
  for (const v1::Member& member : check.household().members()) {
    std::vector<Warning> ignored;
    const absl::StatusOr<Person> person =
        chuanyu::ParsePerson(member.person(), TodayShanghai(clock_), *divisions_, "person", &ignored);
    if (!person.ok()) continue;
    const auto [type, number] = person->Key();
    out.push_back({member.member_id(), indexer_->Index({.type = type, .number = number})});
  }
  return out;
}

absl::Status Service::FollowLifeEvents() {
  // Once after an upgrade: checks that were filed before their members were indexed.
  for (int done = 1; done > 0;) {
    CHUANYU_ASSIGN_OR_RETURN(done, store_->IndexMembers(kIndexPage, [this](const v1::Verification& check) {
      return MembersOf(check);
    }));
  }
  if (config_.life_events.target.empty()) return absl::OkStatus();
  const auto take = [this](sql::Session& session, const life_events::v1::KnownEvent& event,
                           life_events::EventFollower::Topics* changed) {
    return TakeLifeEvent(session, event, changed);
  };
  CHUANYU_ASSIGN_OR_RETURN(
      follower_,
      life_events::EventFollower::Open(config_.life_events,
                                       {.pool = *pool_,
                                        .tls = config_.tls,
                                        .name = "family_economy",
                                        .metrics = &metrics_,
                                        .apply = take,
                                        .withdraw = take,
                                        .applied = [this](const life_events::EventFollower::Topics& changed) {
                                          for (const std::string& name : changed) {
                                            watchers_.Notify(name);  // of checks
                                            batches_->Notify(name);  // of batches
                                          }
                                          LogEvent(Severity::kInfo, "life_event_applied",
                                                   {{"checks", static_cast<int64_t>(changed.size())}});
                                        }}));
  follower_->Start();
  return absl::OkStatus();
}

absl::Status Service::TakeLifeEvent(sql::Session& session, const life_events::v1::KnownEvent& event,
                                    life_events::EventFollower::Topics* changed) {
  std::vector<Warning> ignored;
  CHUANYU_ASSIGN_OR_RETURN(const Person person, chuanyu::ParsePerson(event.person(), TodayShanghai(clock_),
                                                                     *divisions_, "person", &ignored));
  const auto [type, number] = person.Key();
  KnownLifeEvent known{.person = indexer_->Index({.type = type, .number = number}),
                       .sequence = event.sequence()};
  known.event.set_kind(event.kind());
  *known.event.mutable_date() = event.date();
  known.event.set_source(event.source());
  *known.event.mutable_region() = event.region();
  known.event.set_withdrawn(event.withdrawn());
  const absl::Time now = clock_.Now();
  CHUANYU_ASSIGN_OR_RETURN(
      *changed, store_->TakeLifeEvent(
                    session, known, now, [&](const v1::MemberLifeEvent& member, v1::Verification* check) {
                      return RecordLifeEvent({.name = "", .now = now}, config_.region, member, check);
                    }));
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<std::string> warned, batches_->TakeLifeEvent(session, known));
  changed->insert(changed->end(), warned.begin(), warned.end());
  return absl::OkStatus();
}

absl::Status Service::MeetOtherCheck(const ProviderCall& call, const v1::QueryStatusRequest& question,
                                     Provider::Options::Then then) {
  if (!v1::VerificationType_IsValid(question.check_type())) {
    return MakeError(Reason::CODE_UNKNOWN, {.field = "check_type"});
  }
  if (!question.has_check_until()) return MakeError(Reason::BAD_REQUEST, {.field = "check_until"});
  std::vector<Warning> ignored;
  CHUANYU_ASSIGN_OR_RETURN(const Person person, chuanyu::ParsePerson(question.person(), TodayShanghai(clock_),
                                                                     *divisions_, "person", &ignored));
  // What names a person without a number means nothing in another region.
  if (!person.document) {
    return pool_->Transact([&](sql::Session& session) { return then(session, {}); });
  }
  const auto [type, number] = person.Key();
  const absl::Time now = clock_.Now();
  const ForeignCheck foreign = {.request_id = call.request_id,
                                .person = indexer_->Index({.type = type, .number = number}),
                                .region = call.from_region,
                                .type = question.check_type(),
                                .until = std::min(TimeOf(question.check_until()), now + kLongestCheck)};
  CHUANYU_ASSIGN_OR_RETURN(const CaseStore::Met met, store_->Meet(foreign, config_.region, now, then));
  for (const std::string& changed : met.changed) watchers_.Notify(changed);
  return absl::OkStatus();
}

absl::Status Service::TakeCheckEnds(const std::string& from_region, const v1::TellCheckEndsRequest& told) {
  CHUANYU_ASSIGN_OR_RETURN(
      const std::vector<std::string> changed,
      store_->TakeCheckEnds(from_region, {told.ends().begin(), told.ends().end()}, clock_.Now()));
  for (const std::string& number : changed) watchers_.Notify(number);
  return absl::OkStatus();
}

}  // namespace chuanyu::family_economy
