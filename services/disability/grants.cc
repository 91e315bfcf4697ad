#include "services/disability/grants.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/calendar/china_time.h"
#include "common/calendar/proto_date.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/identity/token.h"
#include "services/disability/rules/grants.h"

namespace chuanyu::disability {
namespace {

std::optional<Month> LastMonth(const v1::Grant& grant) {
  const auto month = ParseMonth(grant.to_month().value());
  return month.ok() ? std::optional<Month>(*month) : std::nullopt;
}

}  // namespace

Grants::Grants(const Desk& desk, Metrics& metrics)
    : desk_(desk),
      recoveries_(desk),
      posted_(metrics.AddCounter("chuanyu_disability_months_posted_total", "Months posted in the ledger")),
      stopped_(metrics.AddCounter("chuanyu_disability_grants_stopped_total", "Grants that got an end")) {}

absl::Status Grants::CheckNone(sql::Session& session, const std::string& subject, v1::Benefit benefit) const {
  CHUANYU_ASSIGN_OR_RETURN(const auto newest, desk_.grants().Newest(session, subject, benefit));
  if (!newest || !IsActive(newest->grant)) return absl::OkStatus();
  return MakeError(Reason::DUP_BENEFIT,
                   {.field = "claimant.benefits", .detail = "region " + desk_.own_region()});
}

// Where a former side ends, or from the month of application on; never what an earlier grant here was due
// for.
absl::StatusOr<Month> Grants::FirstDue(const v1::Application& application, v1::Benefit benefit,
                                       std::optional<Month> earlier_to) const {
  for (const v1::MovedGrant& moved : application.transfer().grants()) {
    if (moved.benefit() != benefit) continue;
    CHUANYU_ASSIGN_OR_RETURN(Month from, ParseMonth(moved.from_month().value()));
    // What was suspended goes on by this decision: what lies before stays unpaid.
    if (moved.suspended()) from = std::max(from, Month(desk_.Today()));
    return earlier_to ? std::max(from, *earlier_to + 1) : from;
  }
  const v1::Findings& findings = application.findings();
  const Date received = DayOf(TimeOf(application.create_time()));
  return FirstMonth(received, DayIn(findings.hukou_since()), earlier_to);
}

absl::StatusOr<v1::Grant> Grants::Begin(sql::Session& session, const StoredApplication& stored,
                                        const Claim& claim, const Assessment& assessed,
                                        const std::string& org) const {
  CHUANYU_RETURN_IF_ERROR(CheckNone(session, stored.subject, assessed.benefit));
  CHUANYU_ASSIGN_OR_RETURN(const auto earlier,
                           desk_.grants().Newest(session, stored.subject, assessed.benefit));
  const v1::Application& application = stored.application;
  const v1::Findings& findings = application.findings();
  CHUANYU_ASSIGN_OR_RETURN(const Month from, FirstDue(application, assessed.benefit,
                                                      earlier ? LastMonth(earlier->grant) : std::nullopt));
  StoredGrant made{.subject = stored.subject};
  v1::Grant& grant = made.grant;
  grant.set_grant_no(GrantNumber(application.application_no(), assessed.benefit));
  grant.set_application_no(application.application_no());
  grant.set_benefit(assessed.benefit);
  grant.set_state(v1::GRANT_STATE_APPROVED);
  grant.set_version(1);
  grant.mutable_from_month()->set_value(FormatMonth(from));
  grant.mutable_fen_month()->set_amount(assessed.fen_month);
  grant.set_org(org);
  const Date valid_to = DayIn(findings.cert_valid_to()).value_or(claim.certificate.valid_to);
  grant.mutable_cert_valid_to()->set_value(FormatDate(valid_to));
  CHUANYU_RETURN_IF_ERROR(desk_.grants().Insert(session, made, desk_.Today()));
  CHUANYU_RETURN_IF_ERROR(PostDue(session, &made));
  CHUANYU_RETURN_IF_ERROR(desk_.grants().Save(session, &made, desk_.Today()));
  return made.grant;
}

absl::Status Grants::PostDue(sql::Session& session, StoredGrant* stored) const {
  v1::Grant& grant = stored->grant;
  const Date today = desk_.Today();
  Advance(today, &grant);  // an end that the calendar brings comes before the months after it
  int posted = 0;
  for (auto month = NextDue(grant, today); month; month = NextDue(grant, today)) {
    CHUANYU_RETURN_IF_ERROR(desk_.ledger().Post(session, {.subject = stored->subject,
                                                          .benefit = grant.benefit(),
                                                          .month = *month,
                                                          .grant_no = grant.grant_no(),
                                                          .fen = grant.fen_month().amount()}));
    grant.mutable_posted_to()->set_value(FormatMonth(*month));
    ++posted;
  }
  Advance(today, &grant);
  posted_.Add(posted);
  return absl::OkStatus();
}

absl::StatusOr<v1::GetGrantResponse> Grants::Get(const std::string& org, const std::string& grant_no) const {
  v1::GetGrantResponse out;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    out.Clear();
    CHUANYU_ASSIGN_OR_RETURN(const StoredGrant stored, desk_.grants().Load(session, grant_no));
    if (stored.grant.org() != org) return MakeError(Reason::CASE_NOT_FOUND);
    *out.mutable_grant() = stored.grant;
    CHUANYU_ASSIGN_OR_RETURN(const auto lines, desk_.ledger().OfGrant(session, grant_no));
    for (const PaidMonth& line : lines) {
      v1::LedgerLine& to = *out.add_lines();
      to.set_benefit(line.benefit);
      to.mutable_month()->set_value(FormatMonth(line.month));
      to.mutable_fen()->set_amount(line.fen);
      to.set_grant_no(line.grant_no);
    }
    CHUANYU_ASSIGN_OR_RETURN(const auto recoveries, recoveries_.Of(session, stored.grant));
    *out.mutable_recoveries() = {recoveries.begin(), recoveries.end()};
    return absl::OkStatus();
  }));
  return out;
}

absl::Status Grants::StopOne(sql::Session& session, v1::StopReason reason, Date on,
                             StoredGrant* stored) const {
  v1::Grant& grant = stored->grant;
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Month> over, Stop(reason, on, desk_.Today(), &grant));
  // Months that were passed over while it was suspended were not paid.
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<PaidMonth> lines,
                           desk_.ledger().OfGrant(session, grant.grant_no()));
  int64_t recover = 0;
  for (const PaidMonth& line : lines) {
    if (std::find(over.begin(), over.end(), line.month) != over.end()) recover += line.fen;
  }
  if (recover > 0) grant.mutable_recover()->set_amount(recover);
  stopped_.Add();
  return absl::OkStatus();
}

absl::Status Grants::ChangeOne(sql::Session& session, const v1::ChangeGrantRequest& request, Date on,
                               StoredGrant* stored) const {
  switch (request.change()) {
    case v1::GRANT_CHANGE_STOP:
      return StopOne(session, request.reason(), on, stored);
    case v1::GRANT_CHANGE_SUSPEND:
      return Suspend(request.reason(), on, desk_.Today(), &stored->grant);
    case v1::GRANT_CHANGE_RESUME:
      return Resume(on, desk_.Today(), &stored->grant);
    default:
      return MakeError(Reason::BAD_REQUEST, {.field = "change"});
  }
}

absl::StatusOr<v1::Grant> Grants::Change(const Caller& caller, const v1::ChangeGrantRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  const bool needs_reason = request.change() != v1::GRANT_CHANGE_RESUME;
  if (!v1::StopReason_IsValid(request.reason()) ||
      needs_reason == (request.reason() == v1::STOP_REASON_UNSPECIFIED)) {
    return MakeError(Reason::BAD_REQUEST, {.field = "reason"});
  }
  if (!IsToken(request.officer_id(), 64, ".")) return MakeError(Reason::BAD_REQUEST, {.field = "officer_id"});
  CHUANYU_ASSIGN_OR_RETURN(const Date on, ParseDate(request.on().value(), "on"));
  v1::Grant out;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(StoredGrant stored, desk_.grants().Load(session, request.grant_no()));
    if (stored.grant.org() != caller.org) return MakeError(Reason::CASE_NOT_FOUND);
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
    if (!known) {
      // What is due until now is posted first: a resumption passes over what is not.
      CHUANYU_RETURN_IF_ERROR(PostDue(session, &stored));
      CHUANYU_RETURN_IF_ERROR(ChangeOne(session, request, on, &stored));
      stored.grant.set_officer_id(request.officer_id());
      CHUANYU_RETURN_IF_ERROR(PostDue(session, &stored));
      CHUANYU_RETURN_IF_ERROR(desk_.grants().Save(session, &stored, desk_.Today()));
      CHUANYU_RETURN_IF_ERROR(desk_.rows().RememberAct(session, key, request.grant_no()));
    }
    out = stored.grant;
    return absl::OkStatus();
  }));
  return out;
}

absl::Status Grants::StopAll(sql::Session& session, const std::string& subject, v1::StopReason reason,
                             Date on) const {
  for (const v1::Benefit benefit : kBenefits) {
    CHUANYU_ASSIGN_OR_RETURN(auto stored, desk_.grants().Newest(session, subject, benefit));
    if (!stored) continue;
    CHUANYU_RETURN_IF_ERROR(PostDue(session, &*stored));
    const absl::Status stopped = StopOne(session, reason, on, &*stored);
    if (HasReason(stopped, Reason::STATE_CONFLICT)) continue;  // it ends already
    CHUANYU_RETURN_IF_ERROR(stopped);
    stored->grant.clear_officer_id();
    CHUANYU_RETURN_IF_ERROR(desk_.grants().Save(session, &*stored, desk_.Today()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredGrant>> Grants::InForce(sql::Session& session, const std::string& subject,
                                                         const std::optional<std::string>& org) const {
  std::vector<StoredGrant> out;
  for (const v1::Benefit benefit : kBenefits) {
    CHUANYU_ASSIGN_OR_RETURN(auto stored, desk_.grants().Newest(session, subject, benefit));
    if (!stored || !IsActive(stored->grant) || (org && stored->grant.org() != *org)) continue;
    out.push_back(*std::move(stored));
  }
  return out;
}

absl::StatusOr<Month> Grants::BeginMove(sql::Session& session, const std::string& hukou_code, Date on,
                                        StoredGrant* stored) const {
  CHUANYU_RETURN_IF_ERROR(PostDue(session, stored));
  return Move(on, desk_.Today(), hukou_code, &stored->grant);
}

absl::Status Grants::AnswerMove(sql::Session& session, const std::string& grant_no, Date on,
                                bool back) const {
  CHUANYU_ASSIGN_OR_RETURN(StoredGrant stored, desk_.grants().Load(session, grant_no));
  if (!(back ? UndoMove(&stored.grant) : EndMove(&stored.grant, on))) return absl::OkStatus();
  if (!back) stopped_.Add();
  CHUANYU_RETURN_IF_ERROR(PostDue(session, &stored));
  return desk_.grants().Save(session, &stored, desk_.Today());
}

absl::StatusOr<std::vector<v1::BenefitStatus>> Grants::StatusOf(sql::Session& session,
                                                                const std::string& subject) const {
  std::vector<v1::BenefitStatus> out;
  for (const v1::Benefit benefit : kBenefits) {
    CHUANYU_ASSIGN_OR_RETURN(const auto stored, desk_.grants().Newest(session, subject, benefit));
    if (!stored) continue;
    v1::BenefitStatus& status = out.emplace_back();
    status.set_benefit(benefit);
    status.set_active(IsActive(stored->grant));
    *status.mutable_from_month() = stored->grant.from_month();
    status.mutable_region()->set_code(desk_.own_region());
  }
  return out;
}

absl::StatusOr<int> Grants::RunClock(int limit) const {
  std::vector<std::string> numbers;
  const Date today = desk_.Today();
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(numbers, desk_.grants().ToLookAt(session, today, limit));
    return absl::OkStatus();
  }));
  if (numbers.empty()) return 0;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    for (const std::string& number : numbers) {
      CHUANYU_ASSIGN_OR_RETURN(StoredGrant stored, desk_.grants().Load(session, number));
      CHUANYU_RETURN_IF_ERROR(PostDue(session, &stored));
      CHUANYU_RETURN_IF_ERROR(desk_.grants().Save(session, &stored, today));
    }
    return absl::OkStatus();
  }));
  return static_cast<int>(numbers.size());
}

}  // namespace chuanyu::disability
