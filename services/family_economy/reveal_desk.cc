#include "services/family_economy/reveal_desk.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "common/base/status_macros.h"
#include "common/clock/timestamp.h"
#include "common/errors/error.h"
#include "common/service/page_token.h"
#include "common/telemetry/log.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/notes_shown.h"
#include "services/family_economy/rules/persons_shown.h"

namespace chuanyu::family_economy {
namespace {

constexpr char kPages[] = "audit-events";

}  // namespace

absl::Status RevealDesk::Keep(v1::AuditEventKind kind, const Caller& caller,
                              const v1::RevealPersonsRequest& request) const {
  v1::AuditEvent event;
  *event.mutable_at() = TimestampOf(deps_.clock.Now());
  event.set_kind(kind);
  event.set_actor(caller.name);
  event.set_officer_id(request.officer_id());
  event.set_reason(request.reason());
  // Of a refused call these may be anything.
  if (IsToken(request.verification_no(), 40)) event.set_verification_no(request.verification_no());
  if (kind == v1::AUDIT_EVENT_KIND_REVEALED) event.set_reason_text(request.reason_text());
  return deps_.audit.Append(event);
}

absl::StatusOr<v1::RevealPersonsResponse> RevealDesk::Reveal(const Caller& caller,
                                                             const v1::RevealPersonsRequest& request) const {
  CHUANYU_RETURN_IF_ERROR(CheckReveal(request));
  absl::StatusOr<v1::Verification> check = MakeError(Reason::POLICY_DENIED);
  if (deps_.systems.contains(caller.name)) check = deps_.store.Get(caller.org, request.verification_no());
  if (HasReason(check.status(), Reason::POLICY_DENIED) || HasReason(check.status(), Reason::CASE_NOT_FOUND)) {
    CHUANYU_RETURN_IF_ERROR(Keep(v1::AUDIT_EVENT_KIND_REVEAL_REFUSED, caller, request));
  }
  if (!check.ok()) return check.status();
  if (!check->has_household()) {
    return MakeError(Reason::STATE_CONFLICT,
                     {.field = "verification_no", .detail = "the persons are erased"});
  }
  CHUANYU_RETURN_IF_ERROR(CheckNamesNobody(request.reason_text(), *check));
  // Kept first: nobody sees a person without a trace, at worst a trace says more than was seen.
  CHUANYU_RETURN_IF_ERROR(Keep(v1::AUDIT_EVENT_KIND_REVEALED, caller, request));
  LogEvent(Severity::kInfo, "persons_revealed",
           {{"verification_no", check->verification_no()}, {"caller", caller.name}});
  v1::RevealPersonsResponse response;
  *response.mutable_household() = check->household();
  *response.mutable_authorization() = check->authorization();
  for (v1::WrittenNote& note : NotesOf(*check)) *response.add_notes() = std::move(note);
  return response;
}

absl::StatusOr<v1::ListAuditEventsResponse> RevealDesk::List(
    const Caller& auditor, const v1::ListAuditEventsRequest& request) const {
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t before, ReadPageToken(deps_.indexer, kPages, request.page_token()));
  // Auditor queries are audited (domain page §3.9).
  CHUANYU_RETURN_IF_ERROR(Keep(v1::AUDIT_EVENT_KIND_AUDIT_READ, auditor, {}));
  CHUANYU_ASSIGN_OR_RETURN(v1::ListAuditEventsResponse page, deps_.audit.Page(before, size));
  int64_t next = 0;
  const bool more = absl::SimpleAtoi(page.next_page_token(), &next);
  page.clear_next_page_token();
  if (more) page.set_next_page_token(PageToken(deps_.indexer, kPages, next));
  return page;
}

}  // namespace chuanyu::family_economy
