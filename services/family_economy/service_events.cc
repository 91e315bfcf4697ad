// How the service follows the life events of its region.
#include <utility>

#include "common/base/status_macros.h"
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
  CHUANYU_ASSIGN_OR_RETURN(
      follower_,
      life_events::EventFollower::Open(
          config_.life_events, {.pool = *pool_,
                                .tls = config_.tls,
                                .name = "family_economy",
                                .metrics = &metrics_,
                                .apply =
                                    [this](sql::Session& session, const life_events::v1::KnownEvent& event,
                                           life_events::EventFollower::Topics* changed) {
                                      return TakeLifeEvent(session, event, changed);
                                    },
                                .applied =
                                    [this](const life_events::EventFollower::Topics& changed) {
                                      for (const std::string& number : changed) watchers_.Notify(number);
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
  const absl::Time now = clock_.Now();
  CHUANYU_ASSIGN_OR_RETURN(
      *changed, store_->TakeLifeEvent(
                    session, known, now, [&](const v1::MemberLifeEvent& member, v1::Verification* check) {
                      return RecordLifeEvent({.name = "", .now = now}, config_.region, member, check);
                    }));
  return absl::OkStatus();
}

}  // namespace chuanyu::family_economy
