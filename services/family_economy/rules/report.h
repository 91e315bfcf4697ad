// The report of a check: evidence for the officer who decides. Persons appear masked only (domain page §3.8).
// Pure, thread-safe.
#pragma once

#include "absl/time/time.h"
#include "services/family_economy/rules/application.h"

namespace chuanyu::family_economy {

// The lines of the report that are about people, masked as of today.
std::vector<v1::ReportMember> MaskedMembers(const Application& application, Date today);

// Number (-R1, and one more after each review or proposal), time and counts of `verification.report` from its
// results; the members' lines stay as they are, and a proposal is yet to be made.
void CompleteReport(absl::Time now, v1::Verification* verification);

// Until so many days after it was made a decision should rest on it (valid_to).
void SetValidTo(int days, v1::Report* report);

// The part of a check that its report says and rests on: no household, no authorisation, nothing of how the
// answers were obtained or what was decided; the report without its signature.
v1::Verification EvidenceOf(const v1::Verification& verification);

// Takes out what officers wrote, which may name persons.
void ClearNotes(v1::HouseholdEconomy* economy);

// "<verification_no>": {CQ|SC}-A-{6 division}-{yyyymmdd}-{8 sequence}, domain page §2.4. A region without a
// short name goes by its first two digits.
std::string VerificationNo(const std::string& own_region, const std::string& county, Date today,
                           int64_t sequence);

}  // namespace chuanyu::family_economy
