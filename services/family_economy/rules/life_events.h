// What becomes known of a member from outside the registers: a death that a funeral home, the police or a
// hospital reported in either region (domain page §3.11 X-1, §4.4). Pure, thread-safe.
#pragma once

#include <string>

#include "chuanyu/family_economy/v1/verification.pb.h"
#include "services/family_economy/rules/lifecycle.h"

namespace chuanyu::family_economy {

// Of the same member: the same kind, day and source.
bool IsSameLifeEvent(const v1::MemberLifeEvent& a, const v1::MemberLifeEvent& b);

// Writes the event down, or that it was taken back (`withdrawn`), and, when there is a report that no officer
// has decided on, puts that aside and begins a new one, so that nobody decides on a report that says nothing
// of it. After a decision it is written down only. False when nothing changed: the same event (member, kind,
// day, source) was known, or is taken back and never was; or the check is closed or erased. `own_region` as
// in FindDuplicatesAndDiscrepancies.
bool RecordLifeEvent(const Actor& actor, const std::string& own_region, const v1::MemberLifeEvent& event,
                     v1::Verification* verification);

// Adds what is known before the check is filed; before its first report is made.
void AddKnownLifeEvent(const v1::MemberLifeEvent& event, v1::Verification* verification);

bool IsDeath(const v1::MemberLifeEvent& event);

// Who reported it: "FUNERAL", "POLICE", ...
std::string SourceNameOf(const v1::MemberLifeEvent& event);

}  // namespace chuanyu::family_economy
