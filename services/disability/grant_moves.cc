#include "services/disability/grant_moves.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"

namespace chuanyu::disability {

absl::StatusOr<std::string> GrantMoves::MoveAll(sql::Session& session, const v1::MoveGrantsRequest& request,
                                                Date on, const StoredGrant& named,
                                                CaseDesk::Topics* topics) const {
  CHUANYU_ASSIGN_OR_RETURN(std::vector<StoredGrant> moved,
                           grants_.InForce(session, named.subject, named.grant.org()));
  if (moved.empty()) {
    return MakeError(Reason::STATE_CONFLICT,
                     {.field = "grant_no", .detail = "is over, ends or moves already"});
  }
  std::vector<Month> next;
  for (StoredGrant& each : moved) {
    CHUANYU_ASSIGN_OR_RETURN(next.emplace_back(),
                             grants_.BeginMove(session, request.hukou_code().code(), on, &each));
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string number,
                           applications_.FileMove(session, moved, next, on, topics));
  for (StoredGrant& each : moved) {
    each.grant.set_move_application_no(number);
    each.grant.set_officer_id(request.officer_id());
    CHUANYU_RETURN_IF_ERROR(desk_.grants().Save(session, &each, desk_.Today()));
  }
  return number;
}

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
          CHUANYU_ASSIGN_OR_RETURN(number, MoveAll(session, request, on, named, topics));
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
