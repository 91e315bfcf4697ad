#include "services/child_welfare/applications.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"

namespace chuanyu::child_welfare {

absl::StatusOr<CaseFacts> Applications::FactsOf(const v1::Application& application) const {
  CHUANYU_ASSIGN_OR_RETURN(const ChildApplication parsed, desk_.Parse(application));
  return CaseFacts{.subject = desk_.SubjectOf(parsed.child),
                   .hukou_code = parsed.hukou_code,
                   .hukou_region = parsed.hukou_region};
}

std::string Applications::HukouOf(const v1::Application& application) const {
  return application.child().hukou_code().code();
}

absl::Status Applications::NotHukou() const {
  return MakeError(Reason::B_NOT_HUKOU, {.field = "child.hukou_code"});
}

bool Applications::OwnOutputsEmpty(const v1::Application& application) const {
  return !application.has_proposal();
}

void Applications::CopyPushed(const v1::Application& from, v1::Application* to) const {
  to->set_application_no(from.application_no());
  *to->mutable_child() = from.child();
  *to->mutable_parents() = from.parents();
  *to->mutable_guardian() = from.guardian();
  *to->mutable_accept_division() = from.accept_division();
  *to->mutable_create_time() = from.create_time();
}

void Applications::CopyResult(const v1::Application& from, v1::ReturnResultRequest* to) const {
  if (from.has_result()) *to->mutable_result() = from.result();
}
void Applications::CopyResult(const v1::ReturnResultRequest& from, v1::Application* to) const {
  if (from.has_result()) *to->mutable_result() = from.result();
}

void Applications::Correct(const v1::Application& correction, v1::Application* application) const {
  if (correction.has_child()) *application->mutable_child() = correction.child();
  if (!correction.parents().empty()) *application->mutable_parents() = correction.parents();
  if (correction.has_guardian()) *application->mutable_guardian() = correction.guardian();
}

v1::Application Applications::Basic(const v1::Application& application) const {
  v1::Application out = application;
  out.clear_child();
  out.clear_parents();
  out.clear_guardian();
  out.clear_proposal();
  return out;
}

void Applications::Derive(v1::Application* application) const {
  application->clear_proposal();
  if (!DecidesHere(*application) || !application->has_child()) return;
  const auto parsed = desk_.Parse(*application);
  const auto policy = desk_.PolicyToday();
  // Nothing to propose: what is wrong is told when somebody decides.
  if (!parsed.ok() || !policy.ok()) return;
  const Assessment assessment = AssessParents(parsed->parents, *policy, desk_.Today());
  v1::Proposal& proposal = *application->mutable_proposal();
  proposal.set_result(assessment.result);
  if (assessment.earliest_eligible) {
    proposal.mutable_earliest_eligible()->set_value(FormatDate(*assessment.earliest_eligible));
  }
  if (assessment.until) proposal.mutable_until()->set_value(FormatDate(*assessment.until));
}

absl::Status Applications::CheckNew(sql::Session& session, const StoredApplication& stored) {
  CHUANYU_ASSIGN_OR_RETURN(const auto in_force, determinations_.InForce(session, stored.subject));
  return in_force ? MakeError(Reason::DUP_BENEFIT, {.field = "application.child"}) : absl::OkStatus();
}

absl::Status Applications::Decide(sql::Session& session, const Caller& caller,
                                  const v1::PerformStepRequest& request, StoredApplication* stored,
                                  Topics* topics) {
  v1::Application& application = stored->application;
  CHUANYU_ASSIGN_OR_RETURN(const ChildApplication parsed, desk_.Parse(application));
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
  const Assessment assessment = AssessParents(parsed.parents, policy, desk_.Today());
  CHUANYU_ASSIGN_OR_RETURN(const v1::Category category,
                           chuanyu::child_welfare::Decide(assessment, parsed.birth, policy.age, desk_.Today(),
                                                          request.category()));
  CHUANYU_ASSIGN_OR_RETURN(
      const v1::Determination made,
      determinations_.Begin(session, *stored, parsed, assessment, category, caller.org, topics));
  v1::Result& result = *application.mutable_result();
  result.set_determination_no(made.determination_no());
  result.set_category(category);
  *result.mutable_from_month() = made.entitlements(0).from();
  result.set_org(caller.org);
  result.mutable_decided_on()->set_value(FormatDate(desk_.Today()));
  return absl::OkStatus();
}

absl::StatusOr<v1::Determination> Applications::GetDetermination(const std::string& org,
                                                                 const std::string& number) {
  v1::Determination out;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const StoredDetermination stored,
                             desk_.store().LoadDetermination(session, number));
    if (stored.determination.org() != org) return MakeError(Reason::CASE_NOT_FOUND);
    out = stored.determination;
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<v1::Determination> Applications::End(const Caller& caller,
                                                    const v1::EndDeterminationRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  if (request.reason() == v1::END_REASON_UNSPECIFIED || !v1::EndReason_IsValid(request.reason())) {
    return MakeError(Reason::BAD_REQUEST, {.field = "reason"});
  }
  if (!IsToken(request.officer_id(), 64, ".")) return MakeError(Reason::BAD_REQUEST, {.field = "officer_id"});
  CHUANYU_ASSIGN_OR_RETURN(const Date on, ParseDate(request.on().value(), "on"));
  v1::Determination out;
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session,
                                             CaseDesk::Topics* topics) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const StoredDetermination stored,
                             desk_.store().LoadDetermination(session, request.determination_no()));
    if (stored.determination.org() != caller.org) return MakeError(Reason::CASE_NOT_FOUND);
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.store().FindAct(session, key));
    out = stored.determination;
    if (known) return absl::OkStatus();
    CHUANYU_ASSIGN_OR_RETURN(out, determinations_.End(session, request.determination_no(), request.reason(),
                                                      on, request.officer_id(), topics));
    return desk_.store().RememberAct(session, key, request.determination_no());
  }));
  return out;
}

}  // namespace chuanyu::child_welfare
