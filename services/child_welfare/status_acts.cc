#include "services/child_welfare/status_acts.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"

namespace chuanyu::child_welfare {
namespace {

v1::BenefitMonth ToProto(const PaidMonth& line) {
  v1::BenefitMonth out;
  out.mutable_month()->set_value(FormatMonth(line.month));
  out.set_category(line.category);
  if (line.fen) out.mutable_fen()->set_amount(*line.fen);
  if (line.deducted > 0) out.mutable_deducted()->set_amount(line.deducted);
  return out;
}

}  // namespace

template <typename Request>
absl::StatusOr<v1::Determination> StatusActs::Once(const Caller& caller, const Request& request,
                                                   Act act) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  if (!IsToken(request.officer_id(), 64, ".")) return MakeError(Reason::BAD_REQUEST, {.field = "officer_id"});
  CHUANYU_ASSIGN_OR_RETURN(const Date on, ParseDate(request.on().value(), "on"));
  v1::Determination out;
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        CHUANYU_ASSIGN_OR_RETURN(StoredDetermination stored,
                                 desk_.store().LoadDetermination(session, request.determination_no()));
        if (stored.determination.org() != caller.org) return MakeError(Reason::CASE_NOT_FOUND);
        CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.store().FindAct(session, key));
        if (!known) {
          CHUANYU_RETURN_IF_ERROR(determinations_.Change(
              session, &stored,
              [&](v1::Determination* determination) -> absl::Status {
                CHUANYU_RETURN_IF_ERROR(act(session, on, determination, topics));
                determination->set_officer_id(request.officer_id());
                return absl::OkStatus();
              },
              topics));
          CHUANYU_RETURN_IF_ERROR(desk_.store().RememberAct(session, key, request.determination_no()));
        }
        out = std::move(stored.determination);
        return absl::OkStatus();
      }));
  return out;
}

absl::StatusOr<v1::GetDeterminationResponse> StatusActs::Get(const std::string& org,
                                                             const std::string& number) const {
  v1::GetDeterminationResponse out;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    out.Clear();
    CHUANYU_ASSIGN_OR_RETURN(const StoredDetermination stored,
                             desk_.store().LoadDetermination(session, number));
    if (stored.determination.org() != org) return MakeError(Reason::CASE_NOT_FOUND);
    *out.mutable_determination() = stored.determination;
    return AddMonths(session, stored.determination, &out);
  }));
  return out;
}

absl::Status StatusActs::AddMonths(sql::Session& session, const v1::Determination& determination,
                                   v1::GetDeterminationResponse* out) const {
  const Ledger ledger = LedgerOf(determination);
  CHUANYU_ASSIGN_OR_RETURN(const auto paid,
                           desk_.months().OfDetermination(session, determination.determination_no()));
  int64_t recover = 0;
  int64_t owed = 0;
  for (const PaidMonth& line : paid) {
    *out->add_months() = ToProto(line);
    const Entitlement* const due = ledger.Of(line.month);
    if (due == nullptr) {
      recover += line.fen.value_or(0);
    } else if (line.fen && !IsErased(determination)) {  // what was deducted is erased with the person
      CHUANYU_ASSIGN_OR_RETURN(const MonthAmount amount,
                               determinations_.AmountFor(determination, *due, line.month));
      const int64_t above = *line.fen - amount.fen.value_or(*line.fen);
      (above > 0 ? recover : owed) += std::abs(above);
    }
  }
  if (recover > 0) out->mutable_recover()->set_amount(recover);
  if (owed > 0) out->mutable_owed()->set_amount(owed);
  const Month now(desk_.Today());
  const Entitlement* const due = ledger.Of(now);
  if (due == nullptr) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const MonthAmount amount, determinations_.AmountFor(determination, *due, now));
  *out->mutable_due() =
      ToProto({.month = now, .category = due->category, .fen = amount.fen, .deducted = amount.deducted});
  return absl::OkStatus();
}

absl::StatusOr<v1::Determination> StatusActs::StateOtherBenefits(
    const Caller& caller, const v1::StateOtherBenefitsRequest& request) const {
  if (request.other_benefits().empty()) return MakeError(Reason::BAD_REQUEST, {.field = "other_benefits"});
  CHUANYU_ASSIGN_OR_RETURN(const StatedBenefits stated,
                           ReadOtherBenefits(request.other_benefits(), std::nullopt));
  return Once(
      caller, request,
      [&](sql::Session&, Date on, v1::Determination* determination, CaseDesk::Topics*) -> absl::Status {
        if (on > desk_.Today()) {
          return MakeError(Reason::STATE_CONFLICT, {.field = "on", .detail = "is after today"});
        }
        if (IsErased(*determination)) {
          return MakeError(Reason::STATE_CONFLICT,
                           {.field = "determination_no", .detail = "its persons are erased"});
        }
        child_welfare::StateOtherBenefits(stated, determination);
        return absl::OkStatus();
      });
}

absl::StatusOr<v1::Determination> StatusActs::End(const Caller& caller,
                                                  const v1::EndDeterminationRequest& request) const {
  if (request.reason() == v1::END_REASON_UNSPECIFIED || !v1::EndReason_IsValid(request.reason())) {
    return MakeError(Reason::BAD_REQUEST, {.field = "reason"});
  }
  return Once(caller, request,
              [&](sql::Session&, Date on, v1::Determination* determination, CaseDesk::Topics*) {
                return child_welfare::End(request.reason(), on, desk_.Today(), determination);
              });
}

absl::StatusOr<v1::Determination> StatusActs::Suspend(const Caller& caller,
                                                      const v1::SuspendDeterminationRequest& request) const {
  if (request.reason() == v1::SUSPEND_REASON_UNSPECIFIED || !v1::SuspendReason_IsValid(request.reason())) {
    return MakeError(Reason::BAD_REQUEST, {.field = "reason"});
  }
  return Once(caller, request,
              [&](sql::Session&, Date on, v1::Determination* determination, CaseDesk::Topics*) {
                return child_welfare::Suspend(request.reason(), on, desk_.Today(), determination);
              });
}

absl::StatusOr<v1::Determination> StatusActs::Resume(const Caller& caller,
                                                     const v1::ResumeDeterminationRequest& request) const {
  return Once(caller, request,
              [&](sql::Session&, Date on, v1::Determination* determination, CaseDesk::Topics*) {
                return child_welfare::Resume(on, desk_.Today(), determination);
              });
}

absl::StatusOr<std::vector<v1::ParentCheck>> StatusActs::LookUpFor(
    const std::string& org, const v1::ReviewDeterminationRequest& request) const {
  v1::Application application;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const StoredDetermination reviewed,
                             desk_.store().LoadDetermination(session, request.determination_no()));
    if (reviewed.determination.org() != org) return MakeError(Reason::CASE_NOT_FOUND);
    CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored,
                             desk_.store().Load(session, reviewed.determination.application_no()));
    application = std::move(stored.application);
    return absl::OkStatus();
  }));
  return applications_.LookUpParents(application, request.parents());
}

absl::StatusOr<v1::Determination> StatusActs::Review(const Caller& caller,
                                                     const v1::ReviewDeterminationRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<v1::ParentCheck> checks, LookUpFor(caller.org, request));
  return Once(caller, request,
              [&](sql::Session& session, Date on, v1::Determination* determination,
                  CaseDesk::Topics*) -> absl::Status {
                CHUANYU_ASSIGN_OR_RETURN(
                    const Applications::Restated now,
                    applications_.Restate(session, determination->application_no(), request, checks));
                return determinations_.Review(now.application, now.assessment, now.category, on,
                                              determination);
              });
}

absl::StatusOr<v1::Determination> StatusActs::Move(const Caller& caller,
                                                   const v1::MoveDeterminationRequest& request) const {
  const std::string& hukou = request.hukou_code().code();
  return Once(caller, request,
              [&](sql::Session& session, Date on, v1::Determination* determination,
                  CaseDesk::Topics* topics) -> absl::Status {
                return applications_.MoveTo(session, hukou, on, determination, topics);
              });
}

}  // namespace chuanyu::child_welfare
