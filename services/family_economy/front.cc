#include "services/family_economy/front.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/calendar/date.h"
#include "common/errors/error.h"
#include "common/service/auditor_calls.h"
#include "common/service/calls.h"
#include "services/family_economy/rules/notes_shown.h"
#include "services/family_economy/rules/persons_shown.h"
#include "services/family_economy/rules/progress.h"
#include "services/family_economy/watch_call.h"

namespace chuanyu::family_economy {
Front::Front(const FrontDeps& deps) : deps_(deps) {
  if (deps_.metrics == nullptr) return;
  created_ = deps_.metrics->AddCounter("chuanyu_verifications_accepted_total",
                                       "CreateVerification calls that ended well");
  refused_ = deps_.metrics->AddCounter("chuanyu_verifications_refused_total",
                                       "CreateVerification calls that ended with an error");
}

void Front::Drain() {
  draining_->store(true);
  deps_.watchers.NotifyAll();
}

grpc::ServerUnaryReactor* Front::Run(grpc::CallbackServerContext* context,
                                     const google::protobuf::Message& request,
                                     std::function<absl::Status(const Caller& caller)> work) {
  return RunForSystem(context, request, deps_.own_region, deps_.workers, std::move(work));
}

grpc::ServerUnaryReactor* Front::CreateVerification(grpc::CallbackServerContext* context,
                                                    const v1::CreateVerificationRequest* request,
                                                    v1::CreateVerificationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    const absl::StatusOr<v1::Verification> created = deps_.cases.Create(caller, *request);
    (created.ok() ? created_ : refused_).Add();
    if (!created.ok()) return created.status();
    *response->mutable_verification() = ViewOf(*created, false, deps_.clock.Now());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::GetVerification(grpc::CallbackServerContext* context,
                                                 const v1::GetVerificationRequest* request,
                                                 v1::GetVerificationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Verification found,
                             deps_.store.Get(caller.org, request->verification_no()));
    const bool full = request->view() == v1::VERIFICATION_VIEW_FULL;
    *response->mutable_verification() = ViewOf(found, full, deps_.clock.Now());
    // In clear by RevealPersons only.
    MaskPersons(TodayShanghai(deps_.clock), deps_.divisions, response->mutable_verification());
    MaskNotes(caller.name, response->mutable_verification());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ListVerifications(grpc::CallbackServerContext* context,
                                                   const v1::ListVerificationsRequest* request,
                                                   v1::ListVerificationsResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.listing.List(caller.org, *request));
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::WatchVerificationResponse>* Front::WatchVerification(
    grpc::CallbackServerContext* context, const v1::WatchVerificationRequest* request) {
  absl::StatusOr<Caller> caller = AdmitSystem(*context, *request, deps_.own_region);
  if (!caller.ok()) return new RefusedWatching<v1::WatchVerificationResponse>(caller.status());
  return WatchCall::Start(std::make_shared<WatchCall>(WatchingDeps{deps_.watchers, deps_.workers, draining_},
                                                      deps_.store, deps_.clock, std::move(caller->org),
                                                      request->verification_no()));
}

template <typename Response>
grpc::ServerUnaryReactor* Front::RunAct(
    grpc::CallbackServerContext* context, const google::protobuf::Message& request, Response* response,
    std::function<absl::StatusOr<v1::Verification>(const Caller& caller)> act) {
  return Run(context, request, [this, response, act = std::move(act)](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const v1::Verification after, act(caller));
    *response->mutable_verification() = ViewOf(after, false, deps_.clock.Now());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::CancelVerification(grpc::CallbackServerContext* context,
                                                    const v1::CancelVerificationRequest* request,
                                                    v1::CancelVerificationResponse* response) {
  return RunAct(context, *request, response,
                [this, request](const Caller& caller) { return deps_.acts.Cancel(caller, *request); });
}

grpc::ServerUnaryReactor* Front::RevokeAuthorization(grpc::CallbackServerContext* context,
                                                     const v1::RevokeAuthorizationRequest* request,
                                                     v1::RevokeAuthorizationResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const CaseStore::Revocation out, deps_.acts.Revoke(caller, *request));
    *response->mutable_verification() = ViewOf(out.verification, false, deps_.clock.Now());
    for (const std::string& number : out.others) response->add_other_verification_nos(number);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ListOpenQuestions(grpc::CallbackServerContext* context,
                                                   const v1::ListOpenQuestionsRequest* request,
                                                   v1::ListOpenQuestionsResponse* response) {
  return RunForOperators(context, *request, deps_.own_region, deps_.workers,
                         [this, request, response](const Caller& caller) -> absl::Status {
                           CHUANYU_ASSIGN_OR_RETURN(
                               *response,
                               deps_.open_questions.List(caller.is_operator ? "" : caller.org, *request));
                           return absl::OkStatus();
                         });
}

grpc::ServerUnaryReactor* Front::RedispatchVerification(grpc::CallbackServerContext* context,
                                                        const v1::RedispatchVerificationRequest* request,
                                                        v1::RedispatchVerificationResponse* response) {
  return RunForOperators(
      context, *request, deps_.own_region, deps_.workers,
      [this, request, response](Caller caller) -> absl::Status {
        if (caller.is_operator) {
          CHUANYU_ASSIGN_OR_RETURN(caller.org, deps_.store.OrgOf(request->verification_no()));
        }
        CHUANYU_ASSIGN_OR_RETURN(const v1::Verification after, deps_.acts.Redispatch(caller, *request));
        v1::Verification& shown = *response->mutable_verification();
        if (!caller.is_operator) {
          shown = ViewOf(after, false, deps_.clock.Now());
          return absl::OkStatus();
        }
        shown.set_verification_no(after.verification_no());
        shown.set_version(after.version());
        shown.set_state(after.state());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* Front::RequestReview(grpc::CallbackServerContext* context,
                                               const v1::RequestReviewRequest* request,
                                               v1::RequestReviewResponse* response) {
  return RunAct(context, *request, response,
                [this, request](const Caller& caller) { return deps_.acts.RequestReview(caller, *request); });
}

grpc::ServerUnaryReactor* Front::ProposeAssessment(grpc::CallbackServerContext* context,
                                                   const v1::ProposeAssessmentRequest* request,
                                                   v1::ProposeAssessmentResponse* response) {
  return RunAct(context, *request, response,
                [this, request](const Caller& caller) { return deps_.acts.Propose(caller, *request); });
}

grpc::ServerUnaryReactor* Front::DecideVerification(grpc::CallbackServerContext* context,
                                                    const v1::DecideVerificationRequest* request,
                                                    v1::DecideVerificationResponse* response) {
  return RunAct(context, *request, response,
                [this, request](const Caller& caller) { return deps_.acts.Decide(caller, *request); });
}

grpc::ServerUnaryReactor* Front::GetVerificationOverview(grpc::CallbackServerContext* context,
                                                         const v1::GetVerificationOverviewRequest* request,
                                                         v1::GetVerificationOverviewResponse* response) {
  return RunForOperators(context, *request, deps_.own_region, deps_.workers,
                         [this, response](const Caller& caller) -> absl::Status {
                           CHUANYU_ASSIGN_OR_RETURN(
                               *response, deps_.listing.Overview(caller.is_operator ? "" : caller.org));
                           return absl::OkStatus();
                         });
}

grpc::ServerUnaryReactor* Front::RevealPersons(grpc::CallbackServerContext* context,
                                               const v1::RevealPersonsRequest* request,
                                               v1::RevealPersonsResponse* response) {
  return Run(context, *request, [this, request, response](const Caller& caller) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(*response, deps_.reveals.Reveal(caller, *request));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* Front::ListAuditEvents(grpc::CallbackServerContext* context,
                                                 const v1::ListAuditEventsRequest* request,
                                                 v1::ListAuditEventsResponse* response) {
  return RunForAuditors(context, *request, deps_.own_region, deps_.workers,
                        [this, request, response](const Caller& caller) -> absl::Status {
                          CHUANYU_ASSIGN_OR_RETURN(*response, deps_.reveals.List(caller, *request));
                          return absl::OkStatus();
                        });
}

grpc::ServerUnaryReactor* Front::RecordProcedure(grpc::CallbackServerContext* context,
                                                 const v1::RecordProcedureRequest* request,
                                                 v1::RecordProcedureResponse* response) {
  return RunAct(context, *request, response, [this, request](const Caller& caller) {
    return deps_.acts.RecordProcedure(caller, *request);
  });
}

grpc::ServerUnaryReactor* Front::ArchiveVerification(grpc::CallbackServerContext* context,
                                                     const v1::ArchiveVerificationRequest* request,
                                                     v1::ArchiveVerificationResponse* response) {
  return RunAct(context, *request, response,
                [this, request](const Caller& caller) { return deps_.acts.Archive(caller, *request); });
}

}  // namespace chuanyu::family_economy
