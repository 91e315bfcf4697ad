#include "services/family_economy/rules/lifecycle.h"

#include <algorithm>
#include <string_view>

#include "common/base/status_macros.h"
#include "common/calendar/date.h"
#include "common/errors/error.h"
#include "common/identity/characters.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/days.h"
#include "services/family_economy/rules/due_acts.h"
#include "services/family_economy/rules/economy.h"
#include "services/family_economy/rules/findings.h"
#include "services/family_economy/rules/report.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {
namespace {

constexpr size_t kMaxNote = 1000;  // characters

google::protobuf::Timestamp At(absl::Time time) {
  google::protobuf::Timestamp out;
  out.set_seconds(absl::ToUnixSeconds(time));
  return out;
}

absl::Status Conflict(const v1::Verification& verification) {
  return MakeError(Reason::STATE_CONFLICT,
                   {.field = "verification_no", .detail = v1::VerificationState_Name(verification.state())});
}

std::string Named(Reason reason) { return std::string(ReasonName(reason)); }

absl::Status Move(Act act, v1::Verification* verification) {
  const auto after = After(verification->state(), act);
  if (!after) return Conflict(*verification);
  verification->set_state(*after);
  return absl::OkStatus();
}

absl::Status Bad(const std::string& field, const std::string& detail) {
  return MakeError(Reason::BAD_REQUEST, {.field = field, .detail = detail});
}

// The permission itself stays on record: which document, for what, when it ended. Who signed goes.
void KeepDocumentOnly(v1::Authorization* authorization) { authorization->clear_signatories(); }

// Incomes and illnesses go, also where they only stand in a calculation.
void KeepOutcomeOnly(v1::Report* report) {
  report->clear_statement();
  if (!report->has_proposal()) return;
  v1::Proposal& proposal = *report->mutable_proposal();
  proposal.clear_rules();
  proposal.clear_missing();
  proposal.clear_single_persons();
  proposal.clear_income_month();
  proposal.clear_income_twelfths();
}

// What was planned by an earlier decision, or under an authorisation that has ended.
void ForgetReviewPlan(v1::Verification* verification) {
  verification->clear_review_tier();
  verification->clear_next_review_date();
  verification->clear_review_unknowns();
}

void EraseFindings(v1::Verification* verification) {
  verification->clear_household();
  verification->clear_economy();
  if (verification->has_authorization()) KeepDocumentOnly(verification->mutable_authorization());
  verification->clear_results();
  // The note stays: it says of a statement that somebody has kept whether it was ours.
  if (verification->has_report()) KeepOutcomeOnly(verification->mutable_report());
  verification->clear_duplicates();
  verification->clear_discrepancies();
  verification->clear_warnings();
  verification->clear_life_events();
  verification->clear_other_checks();
  if (verification->has_decision()) verification->mutable_decision()->clear_note();
  if (verification->has_review()) verification->mutable_review()->clear_note();
  verification->set_erased(true);
}

}  // namespace

void RecordEvent(v1::CaseEventKind kind, const Actor& actor, v1::Verification* verification) {
  v1::CaseEvent& event = *verification->add_events();
  *event.mutable_at() = At(actor.now);
  event.set_kind(kind);
  event.set_state(verification->state());
  event.set_actor(actor.name);
}

void PutReportAside(v1::Verification* verification) {
  v1::EarlierReport& earlier = *verification->add_earlier_reports();
  *earlier.mutable_report() = verification->report();
  if (verification->earlier_reports_size() <= kMaxReports) {
    *earlier.mutable_results() = verification->results();
  } else {
    earlier.mutable_report()->clear_statement();  // its note stays, which vouches for a copy somebody has
  }
  if (verification->has_economy()) *earlier.mutable_economy() = verification->economy();
}

void WithdrawQuestions(const std::string& outcome, v1::Verification* verification) {
  for (v1::RemoteQuery& query : *verification->mutable_remote_queries()) {
    if (query.answered()) continue;
    query.set_answered(true);
    query.set_withdrawn(true);
    query.set_outcome(outcome);
  }
}

void Erase(v1::Verification* verification) {
  EraseFindings(verification);
  ForgetReviewPlan(verification);
  verification->clear_report();
  // Which questions were asked is part of the audit; what came of them is not.
  for (v1::EarlierReport& earlier : *verification->mutable_earlier_reports()) {
    earlier.clear_report();
    earlier.clear_results();
    earlier.clear_economy();
    if (earlier.has_decision()) earlier.mutable_decision()->clear_note();
  }
}

void EraseAtRetention(const Actor& actor, v1::Verification* verification) {
  // A question that was never answered is still stored with its person.
  WithdrawQuestions(Named(Reason::DEADLINE_PASSED), verification);
  EraseFindings(verification);
  for (v1::EarlierReport& earlier : *verification->mutable_earlier_reports()) {
    earlier.clear_results();
    earlier.clear_economy();
    if (earlier.has_report()) KeepOutcomeOnly(earlier.mutable_report());
    if (earlier.has_decision()) earlier.mutable_decision()->clear_note();
  }
  RecordEvent(v1::CASE_EVENT_KIND_ERASED, actor, verification);
}

absl::Status Cancel(const Actor& actor, v1::Verification* verification) {
  if (verification->has_decision()) return Conflict(*verification);
  CHUANYU_RETURN_IF_ERROR(Move(Act::kCancel, verification));
  WithdrawQuestions(Named(Reason::STATE_CONFLICT), verification);
  Erase(verification);
  RecordEvent(v1::CASE_EVENT_KIND_CANCELLED, actor, verification);
  return absl::OkStatus();
}

bool Revoke(const Actor& actor, v1::Verification* verification) {
  const bool moved = Move(Act::kRevoke, verification).ok();
  const bool ended_before = verification->state() == v1::VERIFICATION_STATE_CANCELLED ||
                            verification->state() == v1::VERIFICATION_STATE_REJECTED;
  if (!moved && (!ended_before || verification->authorization().has_revoked_at())) return false;
  *verification->mutable_authorization()->mutable_revoked_at() = At(actor.now);
  WithdrawQuestions(Named(Reason::AUTH_REVOKED), verification);
  Erase(verification);
  RecordEvent(v1::CASE_EVENT_KIND_AUTHORIZATION_REVOKED, actor, verification);
  return true;
}

absl::Status StartReview(const Actor& actor, const v1::RequestReviewRequest& request,
                         v1::Verification* verification) {
  if (verification->erased()) return Conflict(*verification);
  CHUANYU_RETURN_IF_ERROR(Move(Act::kRequestReview, verification));
  WithdrawQuestions(Named(Reason::DEADLINE_PASSED), verification);
  v1::EarlierReport& earlier = *verification->add_earlier_reports();
  *earlier.mutable_report() = verification->report();
  if (verification->has_economy()) *earlier.mutable_economy() = verification->economy();
  earlier.mutable_results()->Swap(verification->mutable_results());
  earlier.mutable_remote_queries()->Swap(verification->mutable_remote_queries());
  if (verification->has_decision()) earlier.mutable_decision()->Swap(verification->mutable_decision());
  verification->clear_decision();
  verification->clear_duplicates();
  verification->clear_discrepancies();
  v1::Review& review = *verification->mutable_review();
  review.set_requested_by(request.requested_by());
  review.set_note(request.note());
  *review.mutable_requested_at() = At(actor.now);
  *verification->mutable_deadline() = request.deadline();
  RecordEvent(v1::CASE_EVENT_KIND_REVIEW_REQUESTED, actor, verification);
  CHUANYU_RETURN_IF_ERROR(Move(Act::kStartReview, verification));
  RecordEvent(v1::CASE_EVENT_KIND_REVIEW_STARTED, {.name = "", .now = actor.now}, verification);
  return absl::OkStatus();
}

absl::Status StartRedispatch(const Actor& actor, const v1::RedispatchVerificationRequest& request,
                             v1::Verification* verification) {
  const auto& events = verification->events();
  const bool before = std::any_of(events.begin(), events.end(), [](const v1::CaseEvent& event) {
    return event.kind() == v1::CASE_EVENT_KIND_REDISPATCHED;
  });
  if (before || verification->erased()) return Conflict(*verification);
  CHUANYU_RETURN_IF_ERROR(Move(Act::kRedispatch, verification));
  v1::EarlierReport& earlier = *verification->add_earlier_reports();
  earlier.mutable_results()->Swap(verification->mutable_results());
  earlier.mutable_remote_queries()->Swap(verification->mutable_remote_queries());
  verification->clear_duplicates();
  verification->clear_discrepancies();
  *verification->mutable_deadline() = request.deadline();
  RecordEvent(v1::CASE_EVENT_KIND_REDISPATCHED, actor, verification);
  verification->mutable_events(verification->events_size() - 1)->set_officer_id(request.officer_id());
  return absl::OkStatus();
}

absl::Status StartProposal(const Actor& actor, const std::string& own_region,
                           const v1::ProposeAssessmentRequest& request, v1::Verification* verification) {
  if (verification->has_decision() || verification->erased()) return Conflict(*verification);
  CHUANYU_RETURN_IF_ERROR(Move(Act::kPropose, verification));
  if (verification->earlier_reports_size() + 1 >= kMaxReports) {
    return MakeError(Reason::STATE_CONFLICT, {.field = "verification_no", .detail = "has 20 reports"});
  }
  if (!request.has_economy()) return Bad("economy", "missing");
  CHUANYU_RETURN_IF_ERROR(CheckEconomy(request.economy(), verification->household()));
  // The questions stay where they are: the new report rests on the same answers.
  v1::EarlierReport& earlier = *verification->add_earlier_reports();
  *earlier.mutable_report() = verification->report();
  *earlier.mutable_results() = verification->results();
  if (verification->has_economy()) *earlier.mutable_economy() = verification->economy();
  *verification->mutable_economy() = request.economy();
  FindDuplicatesAndDiscrepancies(own_region, verification);
  CompleteReport(actor.now, verification);
  RecordEvent(v1::CASE_EVENT_KIND_PROPOSED, actor, verification);
  return absl::OkStatus();
}

absl::Status Decide(const Actor& actor, const v1::DecideVerificationRequest& request,
                    v1::Verification* verification) {
  if (verification->has_decision() || verification->erased()) return Conflict(*verification);
  CHUANYU_RETURN_IF_ERROR(Move(Act::kDecide, verification));
  // Decided on what there is: an answer that comes now must not change what the decision rests on.
  WithdrawQuestions(Named(Reason::STATE_CONFLICT), verification);
  v1::Decision& decision = *verification->mutable_decision();
  decision.set_outcome(request.outcome());
  decision.set_officer_id(request.officer_id());
  decision.set_note(request.note());
  *decision.mutable_decided_at() = At(actor.now);
  decision.set_report_no(verification->report().report_no());
  ForgetReviewPlan(verification);
  RecordEvent(v1::CASE_EVENT_KIND_DECIDED, actor, verification);
  return absl::OkStatus();
}

absl::Status RecordProcedure(const Actor& actor, const v1::RecordProcedureRequest& request,
                             v1::Verification* verification) {
  if (verification->erased()) return Conflict(*verification);
  CHUANYU_RETURN_IF_ERROR(Move(Act::kRecordProcedure, verification));
  const v1::Procedure& procedure = request.procedure();
  CHUANYU_RETURN_IF_ERROR(CheckProcedure(procedure, DayOf(actor.now)));
  if (procedure.has_refusal_told_date()) {
    const v1::Decision& decision = verification->decision();
    if (decision.outcome() != v1::DECISION_OUTCOME_REFUSED) {
      return MakeError(Reason::STATE_CONFLICT,
                       {.field = "procedure.refusal_told_date", .detail = "nothing is refused"});
    }
    const Date decided = DayOf(decision.decided_at());
    if (procedure.refusal_told_date().value() < FormatDate(decided)) {
      return MakeError(Reason::DATE_INVALID,
                       {.field = "procedure.refusal_told_date", .detail = "before the decision"});
    }
  }
  *verification->mutable_procedure() = procedure;
  RecordEvent(v1::CASE_EVENT_KIND_PROCEDURE_RECORDED, actor, verification);
  verification->mutable_events(verification->events_size() - 1)->set_officer_id(request.officer_id());
  return absl::OkStatus();
}

absl::Status Archive(const Actor& actor, v1::Verification* verification) {
  CHUANYU_RETURN_IF_ERROR(Move(Act::kArchive, verification));
  WithdrawQuestions(Named(Reason::STATE_CONFLICT), verification);
  RecordEvent(v1::CASE_EVENT_KIND_ARCHIVED, actor, verification);
  return absl::OkStatus();
}

absl::Status CheckDecision(const v1::DecideVerificationRequest& request) {
  if (request.version() <= 0) return Bad("version", "missing: nobody decides on what was not seen");
  if (request.outcome() == v1::DECISION_OUTCOME_UNSPECIFIED ||
      !v1::DecisionOutcome_IsValid(request.outcome())) {
    return Bad("outcome", "missing or unknown");
  }
  CHUANYU_RETURN_IF_ERROR(CheckOfficer(request.officer_id()));
  const size_t characters = CountCodePoints(request.note());
  if (characters < 1 || characters > kMaxNote) return Bad("note", "not 1 to 1,000 characters");
  return absl::OkStatus();
}

absl::Status CheckRedispatch(const v1::RedispatchVerificationRequest& request) {
  CHUANYU_RETURN_IF_ERROR(CheckOfficer(request.officer_id()));
  if (!request.has_deadline()) return Bad("deadline", "missing");
  return absl::OkStatus();
}

absl::Status CheckRecordProcedure(const v1::RecordProcedureRequest& request) {
  if (!request.has_procedure()) return Bad("procedure", "missing");
  return CheckOfficer(request.officer_id());
}

absl::Status CheckReview(const v1::RequestReviewRequest& request) {
  if (request.requested_by() == v1::REVIEW_REQUESTER_UNSPECIFIED ||
      !v1::ReviewRequester_IsValid(request.requested_by())) {
    return Bad("requested_by", "missing or unknown");
  }
  if (CountCodePoints(request.note()) > kMaxNote) return Bad("note", "more than 1,000 characters");
  if (!request.has_deadline()) return Bad("deadline", "missing");
  return absl::OkStatus();
}

}  // namespace chuanyu::family_economy
