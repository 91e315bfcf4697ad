// How a check takes in what happens to it: receipts, answers, its deadline. The functions change a
// Verification with its household, so that findings can be made. Pure, thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/family_economy/rules/application.h"
#include "services/family_economy/rules/routing.h"

namespace chuanyu::family_economy {

// Reasons of RemoteQuery.outcome are names of the catalogue.
inline constexpr char kOutcomeOk[] = "OK";

// Adds what one region says about one member, in place of what it said about the same classes before.
void AddResults(const std::string& member_id, const std::string& region,
                const std::vector<v1::ClassResult>& results, v1::Verification* verification);

// The questions of the round that is under way and of the rounds before, by request id; as long as
// `verification` is not changed.
std::map<std::string, const v1::RemoteQuery*> AllQueries(const v1::Verification& verification);
// One of them; nullptr when there is none.
v1::RemoteQuery* FindAnyQuery(const std::string& request_id, v1::Verification* verification);

// The exchange node has made the question durable. False when nothing changed.
bool MarkSubmitted(const std::string& request_id, v1::Verification* verification);

// Somebody may still answer: the check is pending, or it is PARTIAL, not decided, and a slow source is open.
bool AwaitsAnswers(const v1::Verification& verification);

// An answer came, or what stands in its place. One that comes when the check does not wait any more is
// recorded as DEADLINE_PASSED and its content is dropped: the report is not rewritten behind the officer's
// back. To a PARTIAL check it is added, and the report so far moves to earlier_reports. False when nothing
// changed.
bool TakeAnswer(const std::string& request_id, const std::string& outcome,
                const std::vector<v1::ClassResult>& results, v1::Verification* verification);

// Brings state, findings and report up to date: reminds of acts of the county and of questions, and ends the
// latter at their time limits; makes a first report at partial_time, in which what is still awaited is
// NOT_CHECKED; and at the deadline, what was not answered stays so. True when it changed anything.
// `own_region` as in FindDuplicatesAndDiscrepancies.
bool Advance(absl::Time now, const std::string& own_region, v1::Verification* verification);

// When Advance has to run next although nobody answers; InfiniteFuture when never.
absl::Time NextWake(absl::Time now, const v1::Verification& verification);

// What a caller may see now.
v1::Verification ViewOf(const v1::Verification& verification, bool full, absl::Time now);

}  // namespace chuanyu::family_economy
