#include "services/family_economy/rules/life_events.h"

#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {
namespace {

v1::MemberLifeEvent* Find(const v1::MemberLifeEvent& event, v1::Verification* verification) {
  for (v1::MemberLifeEvent& one : *verification->mutable_life_events()) {
    if (one.member_id() == event.member_id() && IsSameLifeEvent(one, event)) return &one;
  }
  return nullptr;
}

// EXPIRED may be asked again, so it is not closed. What is archived or ended is not reopened: who is still
// paid is found by the periodic re-check.
bool IsClosed(const v1::Verification& verification) {
  switch (verification.state()) {
    case v1::VERIFICATION_STATE_ARCHIVED:
    case v1::VERIFICATION_STATE_REJECTED:
    case v1::VERIFICATION_STATE_CANCELLED:
    case v1::VERIFICATION_STATE_REVOKED:
      return true;
    default:
      return verification.erased();
  }
}

}  // namespace

bool IsSameLifeEvent(const v1::MemberLifeEvent& a, const v1::MemberLifeEvent& b) {
  return a.kind() == b.kind() && a.date().value() == b.date().value() && a.source() == b.source();
}

bool IsDeath(const v1::MemberLifeEvent& event) {
  return event.kind() == chuanyu::life_events::v1::LIFE_EVENT_KIND_DEATH;
}

std::string SourceNameOf(const v1::MemberLifeEvent& event) {
  using chuanyu::life_events::v1::LifeEventSource_Name;
  return LifeEventSource_Name(event.source()).substr(sizeof("LIFE_EVENT_SOURCE_") - 1);
}

void AddKnownLifeEvent(const v1::MemberLifeEvent& event, v1::Verification* verification) {
  if (Find(event, verification) == nullptr) *verification->add_life_events() = event;
}

bool RecordLifeEvent(const Actor& actor, const std::string& own_region, const v1::MemberLifeEvent& event,
                     v1::Verification* verification) {
  if (IsClosed(*verification)) return false;
  v1::MemberLifeEvent* const known = Find(event, verification);
  if (known == nullptr ? event.withdrawn() : known->withdrawn() == event.withdrawn()) return false;
  (known == nullptr ? *verification->add_life_events() : *known) = event;
  const bool reported = HasReport(verification->state()) && !IsPending(verification->state()) &&
                        verification->report().has_generated_at() && !verification->has_decision();
  if (reported) {
    PutReportAside(verification);
    FindDuplicatesAndDiscrepancies(own_region, verification);
    CompleteReport(actor.now, verification);
  }
  RecordEvent(event.withdrawn() ? v1::CASE_EVENT_KIND_LIFE_EVENT_WITHDRAWN : v1::CASE_EVENT_KIND_LIFE_EVENT,
              actor, verification);
  return true;
}

}  // namespace chuanyu::family_economy
