// What people do to a check, beside its state: what is written down, what is taken back, what is erased. Each
// act either changes the check completely or returns an error and leaves it alone. Pure, thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/family_economy.pb.h"

namespace chuanyu::family_economy {

// Who does it and when.
struct Actor {
  std::string name;  // "<org>/<system>" of the certificate
  absl::Time now;
};

// A check keeps so many reports with all that they rested on; more would outgrow a message.
inline constexpr int kMaxReports = 20;

// Appends to the check's own timeline, which outlives everything else of it.
void RecordEvent(v1::CaseEventKind kind, const Actor& actor, v1::Verification* verification);

// The report is no longer the newest: it goes into earlier_reports with what it rests on, while the results
// stay where they are.
void PutReportAside(v1::Verification* verification);

// STATE_CONFLICT when the state does not allow it, or an officer has decided already.
absl::Status Cancel(const Actor& actor, v1::Verification* verification);

// Ends the authorisation of this check. A check that is cancelled or rejected stays so and is erased; an
// archived or revoked one is left alone. False when nothing changed.
bool Revoke(const Actor& actor, v1::Verification* verification);

// Puts what is known aside and begins anew: results, findings and questions of the old report go into
// earlier_reports, its open questions are withdrawn, and the state is REVIEWING. The caller then adds the new
// results and questions. STATE_CONFLICT.
absl::Status StartReview(const Actor& actor, const v1::RequestReviewRequest& request,
                         v1::Verification* verification);

// Begins anew after nobody answered: the results and questions go into earlier_reports, without a report, and
// the state is ACCEPTED. The caller then adds the new results and questions. STATE_CONFLICT unless EXPIRED,
// and the second time: "may be re-dispatched once" (domain page §4.2).
absl::Status StartRedispatch(const Actor& actor, const v1::RedispatchVerificationRequest& request,
                             v1::Verification* verification);

// Puts the report aside and makes a new one with `request.economy`, from the results that are there; the
// proposal itself is made by whoever knows the policy. BAD_REQUEST or DATE_INVALID as CheckEconomy;
// STATE_CONFLICT when there is no report, an officer has decided on it, or it is the twentieth. `own_region`
// as in FindDuplicatesAndDiscrepancies.
absl::Status StartProposal(const Actor& actor, const std::string& own_region,
                           const v1::ProposeAssessmentRequest& request, v1::Verification* verification);

// STATE_CONFLICT when there is no report to decide on, or its decision was taken. Text fields as
// CheckDecision.
absl::Status Decide(const Actor& actor, const v1::DecideVerificationRequest& request,
                    v1::Verification* verification);

// Replaces what was entered of the county's own procedure. STATE_CONFLICT when the check is over, or a
// refusal is told of one that is not refused; DATE_INVALID as CheckProcedure, and for a refusal told before
// it was decided.
absl::Status RecordProcedure(const Actor& actor, const v1::RecordProcedureRequest& request,
                             v1::Verification* verification);

absl::Status Archive(const Actor& actor, v1::Verification* verification);

// BAD_REQUEST, naming the field, for a malformed decision.
absl::Status CheckDecision(const v1::DecideVerificationRequest& request);
// The same for what does not depend on the check.
absl::Status CheckReview(const v1::RequestReviewRequest& request);
absl::Status CheckRedispatch(const v1::RedispatchVerificationRequest& request);
absl::Status CheckRecordProcedure(const v1::RecordProcedureRequest& request);

// Takes the persons and what was found about them out of the check. What stays: its number, its state and
// versions, the number of the authorisation and the mark of its file, the exchange's request ids, the events
// and the decision without its note.
void Erase(v1::Verification* verification);
// The same at the end of the retention: the report with its masked persons stays, as it belongs to the
// archive, and so does what was proposed, without the numbers that it was computed from.
void EraseAtRetention(const Actor& actor, v1::Verification* verification);

// Nobody waits for the open questions any more.
void WithdrawQuestions(const std::string& outcome, v1::Verification* verification);

}  // namespace chuanyu::family_economy
