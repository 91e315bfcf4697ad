#include "services/child_welfare/applications.h"

#include <set>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::child_welfare {
namespace {

// What registers say is kept with the case, and counts.
absl::Status TakeChecks(const std::vector<v1::ParentCheck>& checks, v1::Application* application) {
  *application->mutable_parent_checks() = {checks.begin(), checks.end()};
  return Verify(checks, application->mutable_parents());
}

}  // namespace

absl::StatusOr<CaseFacts> Applications::FactsOf(const v1::Application& application) const {
  CHUANYU_ASSIGN_OR_RETURN(const ChildApplication parsed, desk_.Parse(application));
  if (application.has_transfer()) CHUANYU_RETURN_IF_ERROR(CheckTransfer(application.transfer()));
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
  return !application.has_proposal() && !application.has_transfer() && !application.erased() &&
         !application.has_reported_move() && application.parent_checks().empty() &&
         application.benefit_checks().empty();
}

void Applications::CopyPushed(const v1::Application& from, v1::Application* to) const {
  to->set_application_no(from.application_no());
  *to->mutable_child() = from.child();
  *to->mutable_parents() = from.parents();
  *to->mutable_guardian() = from.guardian();
  *to->mutable_accept_division() = from.accept_division();
  *to->mutable_create_time() = from.create_time();
  if (from.has_transfer()) *to->mutable_transfer() = from.transfer();
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
  out.clear_parent_checks();
  out.clear_benefit_checks();
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

bool Applications::Examines(const v1::PerformStepRequest& request) const {
  return request.role() != "WINDOW" && (request.act() == "town_pass" || request.act() == "approve");
}

std::vector<v1::ParentCheck> Applications::LookUpParents(
    const v1::Application& application,
    const google::protobuf::RepeatedPtrField<v1::ParentFact>& stated) const {
  google::protobuf::RepeatedPtrField<v1::ParentFact> parents = application.parents();
  TakeFound(stated, &parents);
  return desk_.parent_registers().Ask(parents);
}

RegisterChecks Applications::LookUp(const v1::Application& application,
                                    const v1::PerformStepRequest& request) const {
  return {.parents = LookUpParents(application, request.found()),
          .benefits = desk_.benefit_registers().Ask(application.child())};
}

absl::Status Applications::Before(sql::Session&, const Caller&, const v1::PerformStepRequest& request,
                                  const RegisterChecks& checks, StoredApplication* stored, Topics*) {
  v1::Application& application = stored->application;
  if (!Examines(request) || !DecidesHere(application)) {
    return request.found().empty() ? absl::OkStatus() : MakeError(Reason::BAD_REQUEST, {.field = "found"});
  }
  if (!request.found().empty()) {
    TakeFound(request.found(), application.mutable_parents());
    CHUANYU_RETURN_IF_ERROR(desk_.Parse(application).status());
  }
  *application.mutable_benefit_checks() = checks.benefits;
  return TakeChecks(checks.parents, &application);
}

absl::Status Applications::CheckNew(sql::Session& session, const StoredApplication& stored) {
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> death, deaths_.DayOf(session, stored.subject));
  if (death) {
    return MakeError(Reason::B_NOT_ELIGIBLE, {.field = "application.child", .detail = "a death is known"});
  }
  if (stored.application.has_transfer()) return absl::OkStatus();
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
  const auto deducted = policy.top_up.find(category);
  CHUANYU_ASSIGN_OR_RETURN(
      const StatedBenefits others,
      TakeBenefits(application.benefit_checks(), request.other_benefits(),
                   deducted == policy.top_up.end() ? std::set<v1::OtherBenefitKind>() : deducted->second));
  CHUANYU_ASSIGN_OR_RETURN(
      const v1::Determination made,
      determinations_.Begin(session, *stored, parsed, assessment, category, others, caller.org, topics));
  v1::Result& result = *application.mutable_result();
  result.set_determination_no(made.determination_no());
  result.set_category(category);
  *result.mutable_from_month() = made.entitlements(0).from();
  result.set_org(caller.org);
  result.mutable_decided_on()->set_value(FormatDate(desk_.Today()));
  return absl::OkStatus();
}

absl::StatusOr<Applications::Restated> Applications::Restate(
    sql::Session& session, const std::string& application_no, const v1::ReviewDeterminationRequest& review,
    const std::vector<v1::ParentCheck>& checks) const {
  CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored, desk_.store().Load(session, application_no));
  v1::Application& application = stored.application;
  if (!review.parents().empty()) *application.mutable_parents() = review.parents();
  if (review.study_stage() != v1::STUDY_STAGE_UNSPECIFIED) {
    application.mutable_child()->set_study_stage(review.study_stage());
  }
  CHUANYU_RETURN_IF_ERROR(TakeChecks(checks, &application));
  CHUANYU_ASSIGN_OR_RETURN(ChildApplication parsed, desk_.Parse(application));
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
  Restated out{.application = std::move(parsed)};
  out.assessment = AssessParents(out.application.parents, policy, desk_.Today());
  CHUANYU_ASSIGN_OR_RETURN(out.category,
                           chuanyu::child_welfare::Decide(out.assessment, out.application.birth, policy.age,
                                                          desk_.Today(), review.category()));
  CHUANYU_RETURN_IF_ERROR(desk_.store().Save(session, &stored));
  return out;
}

absl::Status Applications::ArrivedHere(sql::Session& session, StoredApplication* stored) {
  v1::Application& application = stored->application;
  const auto act = [&](const char* name) {
    return cases::Perform(desk_.flow(), desk_.calendar(), name, {.role = cases::kSystem}, desk_.Today(),
                          application.mutable_steps());
  };
  CHUANYU_ASSIGN_OR_RETURN(const std::optional<Date> death, deaths_.DayOf(session, stored->subject));
  if (death) {
    CHUANYU_RETURN_IF_ERROR(act("end_deceased"));
    return ReturnToWindow(session, *stored);
  }
  // What an officer held up is looked at anew.
  if (!application.has_transfer() || application.transfer().suspended()) return absl::OkStatus();
  CHUANYU_ASSIGN_OR_RETURN(const Date confirmed, ParseDate(application.transfer().confirmed_on().value()));
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
  return IsReusable(confirmed, policy, desk_.Today()) ? act("reuse_evidence") : absl::OkStatus();
}

absl::Status Applications::Died(sql::Session& session, const std::string& subject, Date day, Topics* topics) {
  return determinations_.EndOf(session, subject, v1::END_REASON_DECEASED, day, topics);
}

absl::Status Applications::Stop(sql::Session& session, StoredApplication* stored, Topics* topics) {
  const std::string step = cases::Current(stored->application.steps()).step();
  // Who was decided about is told, whatever happened since.
  if (desk_.flow().FindAct(step, "end_deceased") == nullptr) return absl::OkStatus();
  CHUANYU_RETURN_IF_ERROR(ActAsSystem(session, "end_deceased", stored, topics));
  // What is on its way there has not come to be decided here.
  return DecidesHere(stored->application) ? ReturnToWindow(session, *stored) : absl::OkStatus();
}

absl::StatusOr<std::optional<Date>> Applications::NeededUntil(sql::Session& session,
                                                              const StoredApplication& stored) const {
  return determinations_.NeededUntil(session, stored.application.application_no());
}

absl::StatusOr<std::optional<Date>> Applications::AccountsKeptAfter() const {
  CHUANYU_ASSIGN_OR_RETURN(const Date last, desk_.archive().KeptAfter(desk_.Today()));
  return std::optional<Date>(last);
}

absl::StatusOr<bool> Applications::ForgetAccounts(sql::Session& session,
                                                  const std::string& application_no) const {
  return determinations_.ForgetAccounts(session, application_no);
}

absl::Status Applications::Erase(sql::Session& session, StoredApplication* stored) const {
  v1::Application& application = stored->application;
  const std::string county = HukouOf(application).substr(0, 6);
  application.clear_child();
  application.mutable_child()->mutable_hukou_code()->set_code(county);
  application.clear_parents();
  application.clear_guardian();
  application.clear_proposal();
  application.clear_parent_checks();
  application.clear_benefit_checks();
  application.clear_reported_move();
  return determinations_.Erase(session, application.application_no(), stored->subject);
}

}  // namespace chuanyu::child_welfare
