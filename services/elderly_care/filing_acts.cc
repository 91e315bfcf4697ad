// What officers do: the acts of the flow, changes and the end.
#include <set>
#include <utility>

#include "common/base/status_macros.h"
#include "common/case_service/case_series.h"
#include "common/errors/error.h"
#include "services/elderly_care/filings.h"
#include "services/elderly_care/rules/change.h"
#include "services/elderly_care/rules/filing_no.h"

namespace chuanyu::elderly_care {
namespace {

// What a window does with a filing that another region decides about.
bool IsOfTheWindow(const std::string& act, v1::FilingState state) {
  if (act == "withdraw") return state == v1::FILING_STATE_DRAFT || state == v1::FILING_STATE_SUBMITTED;
  return act == "submit" || act == "forward" || act == "resubmit";
}

// Where it was taken in, the day of its submission; at the authority in another region, that of its arrival.
absl::StatusOr<Date> SubmittedOn(const v1::Filing& filing) {
  for (const cases::v1::CaseStep& step : filing.steps()) {
    if (step.step() == "SUBMITTED" || step.step() == "CHECKING") return ParseDate(step.begun().value());
  }
  return MakeError(Reason::STATE_CONFLICT, {.field = "application_no"});
}

}  // namespace

absl::StatusOr<v1::Filing> Filings::Perform(const Caller& caller,
                                            const v1::PerformStepRequest& request) const {
  static const std::set<std::string> kOtherCalls = {"change", "move_out", "end"};
  static const std::set<std::string> kSeen = {"file", "verify", "discrepancy"};
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  if (kOtherCalls.contains(request.act())) {
    return MakeError(Reason::BAD_REQUEST, {.field = "act", .detail = "has a call of its own"});
  }
  if (kSeen.contains(request.act()) && request.version() == 0) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = "version", .detail = "nobody decides on what was not seen"});
  }
  const Officer officer{.role = request.role(), .id = request.officer_id()};
  return Act(caller, request.application_no(), key, request.version(), officer,
             [&](sql::Session& session, StoredFiling* stored) -> absl::Status {
               // Before its effects: an act that the step does not allow must not have any.
               const std::string step = cases::Current(stored->application.steps()).step();
               if (desk_.flow().FindAct(step, request.act()) == nullptr) {
                 return MakeError(Reason::STATE_CONFLICT, {.field = "act", .detail = "not in this step"});
               }
               CHUANYU_RETURN_IF_ERROR(Prepare(session, caller, request, stored));
               return Step(caller, officer, request.act(), stored);
             });
}

absl::Status Filings::Prepare(sql::Session& session, const Caller& caller,
                              const v1::PerformStepRequest& request, StoredFiling* stored) const {
  v1::Filing& filing = stored->application;
  const std::string& act = request.act();
  if (!desk_.DecidesHere(filing) && !IsOfTheWindow(act, filing.state())) {
    return MakeError(Reason::STATE_CONFLICT,
                     {.field = "act", .detail = "the authority is in another region"});
  }
  if (act == "submit") return Submit(session, stored);
  if (act == "file") return File(session, caller, stored);
  if (act == "resubmit") return Correct(request.correction(), &filing);
  if (act == "accept_change") return AcceptChange(&filing);
  if (act == "withdraw_change") filing.clear_pending_change();
  if (act != "discrepancy") return absl::OkStatus();
  if (request.note().size() > 2000) return MakeError(Reason::BAD_REQUEST, {.field = "note"});
  filing.set_discrepancy_note(request.note());
  return absl::OkStatus();
}

absl::Status Filings::Submit(sql::Session& session, StoredFiling* stored) const {
  v1::Filing& filing = stored->application;
  CHUANYU_ASSIGN_OR_RETURN(const ParsedFiling parsed, desk_.Parse(filing));
  const std::string& region = parsed.authority.region;
  if (region != desk_.own_region() && !desk_.config().peer_regions.contains(region)) {
    return MakeError(Reason::PEER_UNAVAILABLE, {.field = "premises", .detail = "no region that is reached"});
  }
  SetParsed(parsed, &filing);
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
  CHUANYU_ASSIGN_OR_RETURN(const bool late, IsLate(filing, policy, desk_.Today(), desk_.calendar()));
  filing.set_late(late);
  CHUANYU_ASSIGN_OR_RETURN(
      const auto holder, desk_.claims().OpenClaim(session, uniqueness::Subject{stored->subject},
                                                  stored->claim_id, absl::ToUnixMillis(desk_.clock().Now())));
  if (holder) return DuplicateOf(*holder, "premises.premises_id", Reason::D_DUP_PREMISES);
  filing.set_peer_check(desk_.config().peer_regions.empty() ? cases::v1::PEER_CHECK_CONFIRMED
                                                            : cases::v1::PEER_CHECK_PENDING);
  return absl::OkStatus();
}

absl::Status Filings::File(sql::Session& session, const Caller& caller, StoredFiling* stored) const {
  v1::Filing& filing = stored->application;
  CHUANYU_RETURN_IF_ERROR(
      claims_.CheckHeld(session, stored->claim_id, stored->window_region == desk_.own_region()));
  CHUANYU_ASSIGN_OR_RETURN(const ParsedFiling parsed, desk_.Parse(filing));
  CHUANYU_RETURN_IF_ERROR(CheckComplete(parsed.missing));
  SetParsed(parsed, &filing);
  const std::string series = FilingSeries(parsed.authority.division, desk_.Today());
  CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, NextOfSeries(session, "ec_series", series));
  v1::Receipt& receipt = *filing.mutable_receipt();
  CHUANYU_ASSIGN_OR_RETURN(*receipt.mutable_filing_no(), FilingNumber(series, sequence));
  receipt.mutable_filed_at()->set_value(FormatDate(desk_.Today()));
  receipt.set_org(caller.org);
  return desk_.store().InsertReceipt(session, receipt.filing_no(), filing.application_no());
}

absl::Status Filings::Correct(const v1::Filing& correction, v1::Filing* filing) const {
  v1::Filing after = *filing;
  if (filing->has_pending_change()) {
    // 补正 of a change filing: what was filed holds until the change is accepted.
    after.mutable_pending_change()->mutable_institution()->MergeFrom(correction.institution());
    after.mutable_pending_change()->mutable_premises()->MergeFrom(correction.premises());
    v1::Filing changed = after;
    CHUANYU_RETURN_IF_ERROR(
        Apply(after.pending_change().institution(), after.pending_change().premises(), &changed));
    CHUANYU_RETURN_IF_ERROR(desk_.Parse(changed).status());
    *filing = std::move(after);
    return absl::OkStatus();
  }
  CHUANYU_RETURN_IF_ERROR(Apply(correction.institution(), correction.premises(), &after));
  after.mutable_materials()->MergeFrom(correction.materials());
  if (correction.has_first_admission_date()) {
    *after.mutable_first_admission_date() = correction.first_admission_date();
  }
  CHUANYU_ASSIGN_OR_RETURN(const ParsedFiling parsed, desk_.Parse(after));
  if (parsed.authority.region != filing->authority_region().code()) {
    return MakeError(Reason::STATE_CONFLICT, {.field = "premises.address_code",
                                              .detail = "is of another region: withdraw, file anew"});
  }
  CHUANYU_RETURN_IF_ERROR(CheckComplete(parsed.missing));
  SetParsed(parsed, &after);
  // The day of the first admission may be among what was put right; that of the submission stays.
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
  CHUANYU_ASSIGN_OR_RETURN(const Date submitted, SubmittedOn(after));
  CHUANYU_ASSIGN_OR_RETURN(const bool late, IsLate(after, policy, submitted, desk_.calendar()));
  after.set_late(late);
  *filing = std::move(after);
  return absl::OkStatus();
}

absl::Status Filings::AcceptChange(v1::Filing* filing) const {
  CHUANYU_RETURN_IF_ERROR(
      Apply(filing->pending_change().institution(), filing->pending_change().premises(), filing));
  filing->clear_pending_change();
  CHUANYU_ASSIGN_OR_RETURN(const ParsedFiling parsed, desk_.Parse(*filing));
  SetParsed(parsed, filing);
  return absl::OkStatus();
}

absl::StatusOr<v1::Filing> Filings::Change(const Caller& caller,
                                           const v1::ChangeFilingRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  const Officer officer{.role = request.role(), .id = request.officer_id()};
  return Act(
      caller, request.application_no(), key, 0, officer,
      [&](sql::Session&, StoredFiling* stored) -> absl::Status {
        v1::Filing& filing = stored->application;
        if (!desk_.DecidesHere(filing)) {
          return MakeError(Reason::STATE_CONFLICT,
                           {.field = "application_no", .detail = "the authority is in another region"});
        }
        v1::Filing after = filing;
        CHUANYU_RETURN_IF_ERROR(Apply(request.change().institution(), request.change().premises(), &after));
        CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
        CHUANYU_ASSIGN_OR_RETURN(const bool moves,
                                 IsMoveOut(filing, after, policy, desk_.Today(), desk_.divisions()));
        if (moves) return Step(caller, officer, "move_out", stored);
        CHUANYU_RETURN_IF_ERROR(desk_.Parse(after).status());
        CHUANYU_RETURN_IF_ERROR(Step(caller, officer, "change", stored));
        *filing.mutable_pending_change() = request.change();
        return absl::OkStatus();
      });
}

absl::StatusOr<v1::Filing> Filings::End(const Caller& caller, const v1::EndFilingRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  if (request.reason() == v1::END_REASON_UNSPECIFIED || !v1::EndReason_IsValid(request.reason())) {
    return MakeError(Reason::BAD_REQUEST, {.field = "reason"});
  }
  const Officer officer{.role = request.role(), .id = request.officer_id()};
  return Act(caller, request.application_no(), key, 0, officer,
             [&](sql::Session&, StoredFiling* stored) -> absl::Status {
               if (!desk_.DecidesHere(stored->application)) {
                 return MakeError(Reason::STATE_CONFLICT, {.field = "application_no",
                                                           .detail = "the authority is in another region"});
               }
               CHUANYU_RETURN_IF_ERROR(Step(caller, officer, "end", stored));
               stored->application.set_end_reason(request.reason());
               stored->application.clear_pending_change();
               return absl::OkStatus();
             });
}

}  // namespace chuanyu::elderly_care
