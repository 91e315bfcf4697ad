#include "services/disability/recoveries.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"
#include "common/service/page_token.h"
#include "services/disability/rules/recovery.h"

namespace chuanyu::disability {
namespace {

bool HasLeft(const v1::Recovery& recovery) { return recovery.left().amount() > 0; }

// As recorded; the day not after today.
absl::StatusOr<v1::RecoveryAct> ReadAct(const v1::RecordRecoveryRequest& request, Date today) {
  if (!IsToken(request.officer_id(), 64, ".")) return MakeError(Reason::BAD_REQUEST, {.field = "officer_id"});
  CHUANYU_ASSIGN_OR_RETURN(const Date on, ParseDate(request.on().value(), "on"));
  if (on > today) return MakeError(Reason::BAD_REQUEST, {.field = "on", .detail = "is after today"});
  v1::RecoveryAct act;
  if (request.has_fen()) *act.mutable_fen() = request.fen();
  act.set_keeps(request.keeps());
  act.mutable_on()->set_value(FormatDate(on));
  act.set_officer_id(request.officer_id());
  return act;
}

}  // namespace

absl::StatusOr<std::vector<v1::Recovery>> Recoveries::Of(sql::Session& session,
                                                         const v1::Grant& grant) const {
  const std::string& number = grant.grant_no();
  CHUANYU_ASSIGN_OR_RETURN(const auto lines, desk_.ledger().OfGrant(session, number));
  CHUANYU_ASSIGN_OR_RETURN(const auto overlaps, desk_.ledger().OverlapsOf(session, number));
  CHUANYU_ASSIGN_OR_RETURN(const auto acts, store_.Of(session, number));
  const auto to = ParseMonth(grant.to_month().value());
  const std::optional<Month> end = to.ok() ? std::optional<Month>(*to) : std::nullopt;
  std::vector<v1::Recovery> out;
  for (const PaidMonth& line : lines) {
    std::vector<v1::OverlapDuty> duties;
    for (const OverlapRow& overlap : overlaps) {
      if (overlap.month == line.month) duties.push_back(overlap.duty);
    }
    std::optional<v1::Recovery> recovery = RecoveryOf(line.month, line.fen, end, duties);
    if (!recovery) continue;
    recovery->set_grant_no(number);
    recovery->set_benefit(grant.benefit());
    const auto recorded = acts.find(line.month);
    if (recorded != acts.end()) AddActs(recorded->second, &*recovery);
    out.push_back(*std::move(recovery));
  }
  return out;
}

absl::StatusOr<bool> Recoveries::IsSettled(sql::Session& session, const v1::Grant& grant) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<v1::Recovery> all, Of(session, grant));
  return std::none_of(all.begin(), all.end(), HasLeft);
}

absl::StatusOr<v1::Recovery> Recoveries::OfMonth(sql::Session& session, const v1::Grant& grant,
                                                 Month month) const {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<v1::Recovery> all, Of(session, grant));
  for (const v1::Recovery& each : all) {
    if (each.month().value() == FormatMonth(month)) return each;
  }
  return MakeError(Reason::STATE_CONFLICT, {.field = "month", .detail = "nothing of it is to be recovered"});
}

absl::StatusOr<v1::Recovery> Recoveries::Record(const Caller& caller,
                                                const v1::RecordRecoveryRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  CHUANYU_ASSIGN_OR_RETURN(const v1::RecoveryAct act, ReadAct(request, desk_.Today()));
  CHUANYU_ASSIGN_OR_RETURN(const Month month, ParseMonth(request.month().value(), "month"));
  v1::Recovery out;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const StoredGrant stored, desk_.grants().Load(session, request.grant_no()));
    const v1::Grant& grant = stored.grant;
    if (grant.org() != caller.org) return MakeError(Reason::CASE_NOT_FOUND);
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.rows().FindAct(session, key));
    CHUANYU_ASSIGN_OR_RETURN(out, OfMonth(session, grant, month));
    if (known) return absl::OkStatus();
    CHUANYU_RETURN_IF_ERROR(CheckAct(act, out));
    CHUANYU_RETURN_IF_ERROR(store_.Add(session, grant.grant_no(), month, act));
    CHUANYU_RETURN_IF_ERROR(desk_.rows().RememberAct(session, key, grant.grant_no()));
    CHUANYU_ASSIGN_OR_RETURN(out, OfMonth(session, grant, month));
    CHUANYU_ASSIGN_OR_RETURN(const bool settled, IsSettled(session, grant));
    return store_.Mark(session, grant.grant_no(), !settled);
  }));
  return out;
}

absl::StatusOr<v1::ListRecoveriesResponse> Recoveries::List(const Caller& caller,
                                                            const v1::ListRecoveriesRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  const std::string scope = caller.org + "\nrecoveries";
  CHUANYU_ASSIGN_OR_RETURN(const int64_t after,
                           ReadPageToken(desk_.own_indexer(), scope, request.page_token()));
  v1::ListRecoveriesResponse response;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    response.Clear();
    CHUANYU_ASSIGN_OR_RETURN(const auto marked, store_.MarkedOf(session, caller.org, after, size));
    for (const RecoveryStore::Marked& each : marked) {
      CHUANYU_ASSIGN_OR_RETURN(const StoredGrant stored, desk_.grants().Load(session, each.grant_no));
      CHUANYU_ASSIGN_OR_RETURN(std::vector<v1::Recovery> all, Of(session, stored.grant));
      for (v1::Recovery& recovery : all) {
        if (HasLeft(recovery)) *response.add_recoveries() = std::move(recovery);
      }
    }
    if (marked.size() == static_cast<size_t>(size)) {
      response.set_next_page_token(PageToken(desk_.own_indexer(), scope, marked.back().sequence));
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace chuanyu::disability
