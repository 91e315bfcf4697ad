#include "services/elderly_care/peers.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/elderly_care/rules/change.h"

namespace chuanyu::elderly_care {
namespace {

std::string NameOf(Reason reason) { return std::string(ReasonName(reason)); }
std::string NameOf(const absl::Status& status) {
  return NameOf(ReasonOf(status).value_or(Reason::BAD_REQUEST));
}

// The act by which a window's copy follows; empty for a state that is not told.
std::string ActOf(v1::FilingState state) {
  switch (state) {
    case v1::FILING_STATE_SUPPLEMENT:
      return "result_supplement";
    case v1::FILING_STATE_FILED:
      return "result_filed";
    case v1::FILING_STATE_TERMINATED:
      return "result_terminated";
    case v1::FILING_STATE_MOVED_OUT:
      return "result_moved_out";
    case v1::FILING_STATE_WITHDRAWN:
      return "result_withdrawn";
    default:
      return "";
  }
}

}  // namespace

absl::StatusOr<std::string> Peers::TakeNew(sql::Session& session, const std::string& from,
                                           const v1::PushFilingRequest& request,
                                           CaseDesk::Topics* topics) const {
  CHUANYU_ASSIGN_OR_RETURN(const bool granted, claims_.IsGranted(session, request.claim_id(), from));
  if (!granted) return NameOf(Reason::D_DUP_PREMISES);
  StoredFiling stored{.window_region = from, .claim_id = request.claim_id()};
  v1::Filing& filing = stored.application;
  CopyPushed(request.filing(), &filing);
  const auto parsed = desk_.Parse(filing);
  if (!parsed.ok()) return NameOf(parsed.status());
  if (parsed->authority.region != desk_.own_region()) return NameOf(Reason::ORG_NOT_COMPETENT);
  stored.subject = desk_.SubjectOf("premises", parsed->premises_id);
  CHUANYU_ASSIGN_OR_RETURN(const bool about, claims_.IsAbout(session, request.claim_id(), stored.subject));
  if (!about) return NameOf(Reason::D_DUP_PREMISES);
  SetParsed(*parsed, &filing);
  filing.set_peer_version(request.filing().version());
  filing.set_peer_check(cases::v1::PEER_CHECK_CONFIRMED);
  CHUANYU_RETURN_IF_ERROR(
      cases::Begin(desk_.flow(), desk_.calendar(), "CHECKING", desk_.Today(), filing.mutable_steps()));
  CHUANYU_RETURN_IF_ERROR(filings_.Settle(session, &stored, topics));
  filing.set_version(1);
  CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, desk_.store().NextSequence(session));
  CHUANYU_RETURN_IF_ERROR(desk_.store().Insert(session, stored, sequence));
  return "";
}

absl::StatusOr<std::string> Peers::TakeCorrection(sql::Session& session, const v1::PushFilingRequest& request,
                                                  StoredFiling* stored, CaseDesk::Topics* topics) const {
  v1::Filing& filing = stored->application;
  if (request.filing().version() <= filing.peer_version()) return "";  // a repeat, or overtaken
  // The institution has been to the authority itself meanwhile: what it brought there counts.
  if (filing.state() != v1::FILING_STATE_SUPPLEMENT || filing.has_pending_change()) return "";
  v1::Filing after = filing;
  CopyPushed(request.filing(), &after);
  const auto parsed = desk_.Parse(after);
  if (!parsed.ok()) return NameOf(parsed.status());
  if (parsed->authority.region != desk_.own_region()) return NameOf(Reason::ORG_NOT_COMPETENT);
  if (desk_.SubjectOf("premises", parsed->premises_id) != stored->subject) {
    return NameOf(Reason::STATE_CONFLICT);
  }
  SetParsed(*parsed, &after);
  after.set_peer_version(request.filing().version());
  filing = std::move(after);
  CHUANYU_RETURN_IF_ERROR(filings_.ActAsSystem(session, "resubmit", stored, topics));
  CHUANYU_RETURN_IF_ERROR(desk_.store().Save(session, stored));
  return "";
}

absl::StatusOr<v1::PushFilingResponse> Peers::Push(const std::string& from,
                                                   const v1::PushFilingRequest& request) const {
  v1::PushFilingResponse response;
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        CHUANYU_ASSIGN_OR_RETURN(auto known, desk_.store().FindByClaim(session, request.claim_id()));
        if (known && known->window_region != from) return MakeError(Reason::CASE_NOT_FOUND);
        CHUANYU_ASSIGN_OR_RETURN(const std::string refused,
                                 known ? TakeCorrection(session, request, &*known, topics)
                                       : TakeNew(session, from, request, topics));
        response.set_refused_reason(refused);
        return absl::OkStatus();
      }));
  return response;
}

absl::Status Peers::TakeProgress(const std::string& from, const v1::ReturnProgressRequest& request) const {
  const std::string act = ActOf(request.state());
  if (act.empty()) return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(StoredFiling stored, desk_.store().Load(session, request.application_no()));
    v1::Filing& filing = stored.application;
    // Only the region that was asked to decide can have.
    if (stored.window_region != desk_.own_region() || filing.authority_region().code() != from) {
      return MakeError(Reason::CASE_NOT_FOUND);
    }
    if (request.version() <= filing.peer_version()) return absl::OkStatus();  // a repeat, or overtaken
    filing.set_peer_version(request.version());
    *filing.mutable_missing() = request.missing();
    if (request.has_receipt()) *filing.mutable_receipt() = request.receipt();
    if (request.end_reason() != v1::END_REASON_UNSPECIFIED) filing.set_end_reason(request.end_reason());
    // Not allowed where the copy is there already: after a change the authority files again.
    if (desk_.flow().FindAct(cases::Current(filing.steps()).step(), act) != nullptr) {
      CHUANYU_RETURN_IF_ERROR(filings_.ActAsSystem(session, act, &stored, topics));
    }
    return desk_.store().Save(session, &stored);
  });
}

absl::Status Peers::ApplyAnswer(sql::Session& session, const OutboxMessage& message,
                                const std::string& payload, CaseDesk::Topics* topics) const {
  CHUANYU_ASSIGN_OR_RETURN(const bool claim, claims_.TakeAnswer(session, message, payload));
  if (claim || message.operation != desk_.Operation(kPushFiling)) return absl::OkStatus();
  v1::PushFilingResponse response;
  if (!response.ParseFromString(payload)) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "an answer cannot be read"});
  }
  if (response.refused_reason().empty()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(StoredFiling stored, desk_.store().Load(session, message.correlation_id));
  if (stored.application.state() != v1::FILING_STATE_FORWARDED) return absl::OkStatus();
  stored.application.clear_missing();
  stored.application.add_missing(response.refused_reason());
  CHUANYU_RETURN_IF_ERROR(filings_.ActAsSystem(session, "result_supplement", &stored, topics));
  return desk_.store().Save(session, &stored);
}

absl::Status Peers::TakeAnswer(const OutboxMessage& message, const std::string& payload) const {
  return desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const bool there, desk_.outbox().Remove(session, message.request_id));
    return there ? ApplyAnswer(session, message, payload, topics) : absl::OkStatus();
  });
}

absl::Status Peers::TellCases() const {
  return claims_.TellCases([&](sql::Session& session, const uniqueness::Claim& claim,
                               CaseDesk::Topics* topics) { return TellCase(session, claim, topics); });
}

absl::Status Peers::TellCase(sql::Session& session, const uniqueness::Claim& claim,
                             CaseDesk::Topics* topics) const {
  CHUANYU_ASSIGN_OR_RETURN(auto stored, desk_.store().FindByClaim(session, claim.id));
  if (!stored) return absl::OkStatus();
  v1::Filing& filing = stored->application;
  if (claim.state == uniqueness::ClaimState::kRefused) {
    filing.set_peer_check(cases::v1::PEER_CHECK_REFUSED);
    if (claim.holder) SetHolder(*claim.holder, filing.mutable_duplicate_of());
    if (desk_.flow().FindAct(cases::Current(filing.steps()).step(), "end_duplicate") != nullptr) {
      filing.clear_missing();
      filing.add_missing(NameOf(Reason::D_DUP_PREMISES));
      CHUANYU_RETURN_IF_ERROR(filings_.ActAsSystem(session, "end_duplicate", &*stored, topics));
    }
  } else if (claim.state == uniqueness::ClaimState::kConfirmed) {
    filing.set_peer_check(cases::v1::PEER_CHECK_CONFIRMED);
    if (!desk_.DecidesHere(filing)) CHUANYU_RETURN_IF_ERROR(filings_.Forward(session, &*stored));
  }
  topics->push_back(filing.application_no());
  return desk_.store().Save(session, &*stored);
}

}  // namespace chuanyu::elderly_care
