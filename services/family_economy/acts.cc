#include "services/family_economy/acts.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "services/family_economy/rules/authorization.h"
#include "services/family_economy/rules/codes.h"
#include "services/family_economy/rules/lifecycle.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/rules/states.h"

namespace chuanyu::family_economy {
namespace {

constexpr char kReviewPurpose[] = "P-REVIEW";  // 结果复核, domain page §3.7

// The check as it was submitted, with the deadline of the review: what ParseApplication reads.
v1::Verification AsSubmitted(const v1::Verification& check, const google::protobuf::Timestamp& deadline) {
  v1::Verification out;
  out.set_type(check.type());
  out.set_assist_type(check.assist_type());
  *out.mutable_household() = check.household();
  out.mutable_household()->clear_version();
  *out.mutable_authorization() = check.authorization();
  *out.mutable_classes() = check.classes();
  *out.mutable_as_of() = check.as_of();
  out.set_income_window_months(check.income_window_months());
  *out.mutable_accept_org() = check.accept_org();
  *out.mutable_deadline() = deadline;
  return out;
}

}  // namespace

template <typename Request>
absl::StatusOr<ActOn> Acts::ActFor(const Caller& caller, const Request& request) const {
  if (!IsToken(request.request_id(), 64, ".")) {
    return MakeError(Reason::BAD_REQUEST, {.field = "request_id", .detail = "not 1 to 64 of [A-Za-z0-9._-]"});
  }
  if (request.version() < 0) return MakeError(Reason::BAD_REQUEST, {.field = "version"});
  // The name of the message first: the same fields in another act are another body.
  const std::string body =
      absl::StrCat(Request::descriptor()->full_name(), "\n", request.SerializeAsString());
  return ActOn{.key = {.org = caller.org, .request_id = request.request_id()},
               .body = {deps_.indexer.Index({.type = 0, .number = body}).ToHex()},
               .verification_no = request.verification_no(),
               .version = request.version(),
               .now = deps_.clock.Now()};
}

absl::StatusOr<v1::Verification> Acts::Perform(const ActOn& act, const Questions& questions,
                                               CaseStore::ActFn change) {
  CHUANYU_ASSIGN_OR_RETURN(v1::Verification after, deps_.store.Perform(act, questions, change));
  deps_.changed(act.verification_no);
  return after;
}

absl::StatusOr<Application> Acts::ReadAgain(const v1::Verification& submitted, absl::Time now) const {
  const RuleContext context{.now = now,
                            .today = TodayShanghai(deps_.clock),
                            .own_region = deps_.own_region,
                            .divisions = deps_.divisions,
                            .auth_max_days = deps_.auth_max_days};
  CHUANYU_ASSIGN_OR_RETURN(Application application, ParseApplication(submitted, context));
  CHUANYU_RETURN_IF_ERROR(CheckAuthorization(submitted, application, context));
  return application;
}

void Acts::AskRound(const v1::Verification& after, const Questions& questions) const {
  // When the same request came twice at once, the other one's questions are asked, not these.
  const bool ours = !questions.empty() && !after.remote_queries().empty() &&
                    after.remote_queries(0).request_id() == questions[0].first;
  if (!ours) return;
  for (const auto& [request_id, payload] : questions) deps_.ask_peer(after, request_id, payload);
}

absl::StatusOr<v1::Verification> Acts::Cancel(const Caller& caller,
                                              const v1::CancelVerificationRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const ActOn act, ActFor(caller, request));
  return Perform(act, {}, [&](v1::Verification* check) {
    return family_economy::Cancel({.name = caller.name, .now = act.now}, check);
  });
}

absl::StatusOr<CaseStore::Revocation> Acts::Revoke(const Caller& caller,
                                                   const v1::RevokeAuthorizationRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const ActOn act, ActFor(caller, request));
  CHUANYU_ASSIGN_OR_RETURN(CaseStore::Revocation out, deps_.store.Revoke(act, [&](v1::Verification* check) {
    return family_economy::Revoke({.name = caller.name, .now = act.now}, check);
  }));
  deps_.changed(act.verification_no);
  for (const std::string& number : out.others) deps_.changed(number);
  return out;
}

absl::StatusOr<v1::Verification> Acts::RequestReview(const Caller& caller,
                                                     const v1::RequestReviewRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(ActOn act, ActFor(caller, request));
  CHUANYU_RETURN_IF_ERROR(CheckReview(request));
  // First of all: a repeat must not ask the registers again, and gets its answer also when the deadline has
  // passed since.
  CHUANYU_ASSIGN_OR_RETURN(std::optional<v1::Verification> known, deps_.store.FindAct(act.key, act.body));
  if (known) return *std::move(known);
  CHUANYU_ASSIGN_OR_RETURN(v1::Verification next, deps_.store.Get(caller.org, act.verification_no));
  if (act.version != 0 && act.version != next.version()) {
    return MakeError(Reason::STALE_VERSION, {.field = "version"});
  }
  act.version = next.version();  // what follows rests on it
  act.needs_household = true;
  CHUANYU_RETURN_IF_ERROR(deps_.store.CheckHousehold(act.verification_no));  // before anybody is asked
  const v1::Verification submitted = AsSubmitted(next, request.deadline());
  CHUANYU_RETURN_IF_ERROR(StartReview({.name = caller.name, .now = act.now}, request, &next));
  CHUANYU_ASSIGN_OR_RETURN(const Application application, ReadAgain(submitted, act.now));
  CHUANYU_ASSIGN_OR_RETURN(const Questions questions,
                           deps_.rounds.Ask(application, kReviewPurpose, act.now, &next));
  Advance(act.now, deps_.own_region, &next);
  CHUANYU_ASSIGN_OR_RETURN(const v1::Verification after,
                           Perform(act, questions, [&](v1::Verification* check) {
                             *check = next;
                             return absl::OkStatus();
                           }));
  AskRound(after, questions);
  return after;
}

absl::StatusOr<v1::Verification> Acts::Redispatch(const Caller& caller,
                                                  const v1::RedispatchVerificationRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(ActOn act, ActFor(caller, request));
  CHUANYU_RETURN_IF_ERROR(CheckRedispatch(request));
  // As in RequestReview.
  CHUANYU_ASSIGN_OR_RETURN(std::optional<v1::Verification> known, deps_.store.FindAct(act.key, act.body));
  if (known) return *std::move(known);
  CHUANYU_ASSIGN_OR_RETURN(v1::Verification next, deps_.store.Get(caller.org, act.verification_no));
  if (act.version != 0 && act.version != next.version()) {
    return MakeError(Reason::STALE_VERSION, {.field = "version"});
  }
  act.version = next.version();
  act.needs_household = true;
  CHUANYU_RETURN_IF_ERROR(deps_.store.CheckHousehold(act.verification_no));
  const v1::Verification submitted = AsSubmitted(next, request.deadline());
  CHUANYU_RETURN_IF_ERROR(StartRedispatch({.name = caller.name, .now = act.now}, request, &next));
  CHUANYU_ASSIGN_OR_RETURN(const Application application, ReadAgain(submitted, act.now));
  act.needs_authorization = true;
  if (application.type == v1::VERIFICATION_TYPE_NEW) {
    for (const IndexedMember& member : IndexMembers(application, deps_.indexer)) {
      act.applicants.push_back(member.person);
    }
  }
  CHUANYU_ASSIGN_OR_RETURN(const Questions questions,
                           deps_.rounds.Ask(application, application.purpose, act.now, &next));
  Advance(act.now, deps_.own_region, &next);
  CHUANYU_ASSIGN_OR_RETURN(const v1::Verification after,
                           Perform(act, questions, [&](v1::Verification* check) {
                             *check = next;
                             return absl::OkStatus();
                           }));
  AskRound(after, questions);
  return after;
}

absl::StatusOr<v1::Verification> Acts::Propose(const Caller& caller,
                                               const v1::ProposeAssessmentRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(ActOn act, ActFor(caller, request));
  act.needs_household = true;
  return Perform(act, {}, [&](v1::Verification* check) {
    return StartProposal({.name = caller.name, .now = act.now}, deps_.own_region, request, check);
  });
}

absl::StatusOr<v1::Verification> Acts::Decide(const Caller& caller,
                                              const v1::DecideVerificationRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(ActOn act, ActFor(caller, request));
  act.needs_household = true;
  CHUANYU_RETURN_IF_ERROR(CheckDecision(request));
  return Perform(act, {}, [&](v1::Verification* check) {
    return family_economy::Decide({.name = caller.name, .now = act.now}, request, check);
  });
}

absl::StatusOr<v1::Verification> Acts::RecordProcedure(const Caller& caller,
                                                       const v1::RecordProcedureRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const ActOn act, ActFor(caller, request));
  CHUANYU_RETURN_IF_ERROR(CheckRecordProcedure(request));
  return Perform(act, {}, [&](v1::Verification* check) {
    return family_economy::RecordProcedure({.name = caller.name, .now = act.now}, request, check);
  });
}

absl::StatusOr<v1::Verification> Acts::Archive(const Caller& caller,
                                               const v1::ArchiveVerificationRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const ActOn act, ActFor(caller, request));
  return Perform(act, {}, [&](v1::Verification* check) {
    return family_economy::Archive({.name = caller.name, .now = act.now}, check);
  });
}

}  // namespace chuanyu::family_economy
