#include "services/family_economy/rules/life_events.h"

#include <algorithm>

#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {
namespace {

bool IsKnown(const v1::MemberLifeEvent& event, const v1::Verification& verification) {
  const auto& known = verification.life_events();
  return std::any_of(known.begin(), known.end(), [&](const v1::MemberLifeEvent& one) {
    return one.member_id() == event.member_id() && one.kind() == event.kind() &&
           one.date().value() == event.date().value() && one.source() == event.source();
  });
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

bool IsDeath(const v1::MemberLifeEvent& event) {
  return event.kind() == chuanyu::life_events::v1::LIFE_EVENT_KIND_DEATH;
}

std::string SourceNameOf(const v1::MemberLifeEvent& event) {
  using chuanyu::life_events::v1::LifeEventSource_Name;
  return LifeEventSource_Name(event.source()).substr(sizeof("LIFE_EVENT_SOURCE_") - 1);
}

void AddKnownLifeEvent(const v1::MemberLifeEvent& event, v1::Verification* verification) {
  if (!IsKnown(event, *verification)) *verification->add_life_events() = event;
}

bool RecordLifeEvent(const Actor& actor, const std::string& own_region, const v1::MemberLifeEvent& event,
                     v1::Verification* verification) {
  if (IsClosed(*verification) || IsKnown(event, *verification)) return false;
  *verification->add_life_events() = event;
  const bool reported = HasReport(verification->state()) && !IsPending(verification->state()) &&
                        verification->report().has_generated_at() && !verification->has_decision();
  if (reported) {
    PutReportAside(verification);
    FindDuplicatesAndDiscrepancies(own_region, verification);
    CompleteReport(actor.now, verification);
  }
  RecordEvent(v1::CASE_EVENT_KIND_LIFE_EVENT, actor, verification);
  return true;
}

}  // namespace chuanyu::family_economy
