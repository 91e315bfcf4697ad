#include "services/disability/grant_moves.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"

namespace chuanyu::disability {

absl::StatusOr<v1::MoveGrantsResponse> GrantMoves::Move(const Caller& caller,
                                                        const v1::MoveGrantsRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  if (!IsToken(request.officer_id(), 64, ".")) return MakeError(Reason::BAD_REQUEST, {.field = "officer_id"});
  CHUANYU_ASSIGN_OR_RETURN(const Date on, ParseDate(request.on().value(), "on"));
  v1::MoveGrantsResponse out;
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        out.Clear();
        CHUANYU_ASSIGN_OR_RETURN(const StoredGrant named, desk_.grants().Load(session, request.grant_no()));
        if (named.grant.org() != caller.org) return MakeError(Reason::CASE_NOT_FOUND);
        CHUANYU_ASSIGN_OR_RETURN(std::optional<std::string> number, desk_.rows().FindAct(session, key));
        if (!number) {
          CHUANYU_ASSIGN_OR_RETURN(
              number, applications_.MoveTo(session, named.subject, named.grant.org(),
                                           request.hukou_code().code(), on, request.officer_id(), topics));
          CHUANYU_RETURN_IF_ERROR(desk_.rows().RememberAct(session, key, *number));
        }
        CHUANYU_ASSIGN_OR_RETURN(const StoredApplication carried, desk_.store().Load(session, *number));
        for (const v1::MovedGrant& each : carried.application.transfer().grants()) {
          CHUANYU_ASSIGN_OR_RETURN(StoredGrant stored, desk_.grants().Load(session, each.grant_no()));
          *out.add_grants() = std::move(stored.grant);
        }
        return absl::OkStatus();
      }));
  return out;
}

}  // namespace chuanyu::disability
