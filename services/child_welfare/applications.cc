#include "services/child_welfare/applications.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/identity/token.h"
#include "common/service/page_token.h"

namespace chuanyu::child_welfare {
namespace {

constexpr size_t kScanned = 500;

bool OutputsEmpty(const v1::Application& in) {
  return in.application_no().empty() && in.state() == v1::APPLICATION_STATE_UNSPECIFIED &&
         in.version() == 0 && !in.has_create_time() && in.steps().empty() &&
         in.light() == cases::v1::DEADLINE_LIGHT_UNSPECIFIED &&
         in.peer_check() == v1::PEER_CHECK_UNSPECIFIED && !in.has_duplicate_of() && !in.has_proposal() &&
         !in.has_deciding_region() && !in.has_result();
}

void Correct(const v1::Application& correction, v1::Application* application) {
  if (correction.has_child()) *application->mutable_child() = correction.child();
  if (!correction.parents().empty()) *application->mutable_parents() = correction.parents();
  if (correction.has_guardian()) *application->mutable_guardian() = correction.guardian();
}

}  // namespace

v1::Application ViewOf(const v1::Application& application, bool full) {
  v1::Application out = application;
  if (full) return out;
  out.clear_child();
  out.clear_parents();
  out.clear_guardian();
  out.clear_proposal();
  return out;
}

absl::StatusOr<v1::Application> Applications::Create(const Caller& caller,
                                                     const v1::CreateApplicationRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  const Office* const office = FindOffice(desk_.config().offices, caller.org);
  if (office == nullptr || !HasRole(*office, "WINDOW")) return MakeError(Reason::ROLE_DENIED);
  const v1::Application& in = request.application();
  if (!OutputsEmpty(in)) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = "application", .detail = "holds fields that are the service's"});
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string county,
                           desk_.WindowCounty(in.accept_division(), "accept_division"));
  // A repeat gets its answer also when the rules of today refuse what was taken in then.
  const absl::StatusOr<ChildApplication> parsed = desk_.Parse(in);

  StoredApplication stored{.application = in, .org = caller.org, .window_region = desk_.own_region()};
  CHUANYU_RETURN_IF_ERROR(desk_.Transact([&](sql::Session& session, CaseDesk::Topics*) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.store().FindAct(session, key));
    if (known) {
      CHUANYU_ASSIGN_OR_RETURN(stored, desk_.store().Load(session, *known));
      return absl::OkStatus();
    }
    if (!parsed.ok()) return parsed.status();
    const absl::Time now = desk_.clock().Now();
    stored.subject = desk_.SubjectOf(parsed->child);
    stored.claim_id = ids_.Next(absl::ToUnixMillis(now));
    CHUANYU_ASSIGN_OR_RETURN(const auto in_force, determinations_.InForce(session, stored.subject));
    if (in_force) return MakeError(Reason::DUP_BENEFIT, {.field = "application.child"});
    CHUANYU_ASSIGN_OR_RETURN(const auto holder,
                             desk_.claims().OpenClaim(session, uniqueness::Subject{stored.subject},
                                                      stored.claim_id, absl::ToUnixMillis(now)));
    if (holder) return DuplicateOf(*holder, "application.child");
    CHUANYU_ASSIGN_OR_RETURN(const int64_t sequence, desk_.store().NextSequence(session));
    v1::Application& application = stored.application;
    application.set_application_no(desk_.NumberOf("B", county, sequence));
    application.set_version(1);
    *application.mutable_create_time() = TimestampOf(now);
    application.mutable_deciding_region()->set_code(parsed->hukou_region);
    application.set_peer_check(desk_.config().peer_regions.empty() ? v1::PEER_CHECK_CONFIRMED
                                                                   : v1::PEER_CHECK_PENDING);
    CHUANYU_RETURN_IF_ERROR(
        cases::Begin(desk_.flow(), desk_.calendar(), "RECEIVED", desk_.Today(), application.mutable_steps()));
    CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&application));
    CHUANYU_RETURN_IF_ERROR(desk_.store().Insert(session, stored, sequence));
    return desk_.store().RememberAct(session, key, application.application_no());
  }));
  return stored.application;
}

bool Applications::MaySee(const std::string& org, const StoredApplication& stored) const {
  if (stored.org == org) return true;
  const Office* const office = FindOffice(desk_.config().offices, org);
  const auto& steps = stored.application.steps();
  const bool arrived = std::any_of(steps.begin(), steps.end(), [](const cases::v1::CaseStep& step) {
    return step.step() == "TOWN_REVIEW";
  });
  if (office == nullptr || !arrived || !desk_.DecidesHere(stored.application)) return false;
  return std::any_of(office->counties.begin(), office->counties.end(), [&](const std::string& county) {
    return CheckHukou(stored.application.child().hukou_code().code(), county, desk_.Today(),
                      desk_.divisions())
        .ok();
  });
}

absl::StatusOr<StoredApplication> Applications::LoadFor(sql::Session& session, const std::string& org,
                                                        const std::string& application_no) {
  CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored, desk_.store().Load(session, application_no));
  if (!MaySee(org, stored)) return MakeError(Reason::CASE_NOT_FOUND);
  return stored;
}

absl::StatusOr<v1::ListApplicationsResponse> Applications::List(const std::string& org,
                                                                const v1::ListApplicationsRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const int size, PageSize(request.page_size()));
  if (!v1::ApplicationState_IsValid(request.state()))
    return MakeError(Reason::BAD_REQUEST, {.field = "state"});
  const std::string scope = absl::StrCat(org, "\n", static_cast<int>(request.state()));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t before,
                           ReadPageToken(desk_.own_indexer(), scope, request.page_token()));
  // Whose an application is stands in what is sealed, so some are opened in vain: at most kScanned a page.
  std::vector<std::pair<int64_t, StoredApplication>> rows;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(rows, desk_.store().Before(session, before, request.state(), kScanned));
    return absl::OkStatus();
  }));
  v1::ListApplicationsResponse response;
  int64_t last = 0;
  for (auto& [sequence, stored] : rows) {
    if (response.applications_size() == size) break;
    last = sequence;
    if (!MaySee(org, stored)) continue;
    CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&stored.application));
    *response.add_applications() = ViewOf(stored.application, false);
  }
  const bool more = rows.size() == kScanned || (!rows.empty() && last != rows.back().first);
  if (more) response.set_next_page_token(PageToken(desk_.own_indexer(), scope, last));
  return response;
}

absl::StatusOr<v1::Application> Applications::Get(const std::string& org, const std::string& application_no) {
  v1::Application out;
  CHUANYU_RETURN_IF_ERROR(desk_.Read([&](sql::Session& session) -> absl::Status {
    CHUANYU_ASSIGN_OR_RETURN(StoredApplication stored, LoadFor(session, org, application_no));
    out = std::move(stored.application);
    return absl::OkStatus();
  }));
  CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&out));
  return out;
}

absl::StatusOr<v1::Application> Applications::Perform(const Caller& caller,
                                                      const v1::PerformStepRequest& request) {
  CHUANYU_ASSIGN_OR_RETURN(const ActKey key, desk_.KeyOf(caller.org, request.request_id(), request));
  StoredApplication stored;
  CHUANYU_RETURN_IF_ERROR(
      desk_.Transact([&](sql::Session& session, CaseDesk::Topics* topics) -> absl::Status {
        CHUANYU_ASSIGN_OR_RETURN(stored, LoadFor(session, caller.org, request.application_no()));
        CHUANYU_ASSIGN_OR_RETURN(const auto known, desk_.store().FindAct(session, key));
        if (known) return absl::OkStatus();
        if (request.version() != 0 && request.version() != stored.application.version()) {
          return MakeError(Reason::STALE_VERSION, {.field = "version"});
        }
        CHUANYU_RETURN_IF_ERROR(ActOn(session, caller, request, &stored, topics));
        CHUANYU_RETURN_IF_ERROR(desk_.Refresh(&stored.application));
        CHUANYU_RETURN_IF_ERROR(desk_.store().Save(session, &stored));
        topics->push_back(stored.application.application_no());
        return desk_.store().RememberAct(session, key, stored.application.application_no());
      }));
  return stored.application;
}

absl::Status Applications::ActOn(sql::Session& session, const Caller& caller,
                                 const v1::PerformStepRequest& request, StoredApplication* stored,
                                 CaseDesk::Topics* topics) {
  const std::string& act = request.act();
  const Office* const office = FindOffice(desk_.config().offices, caller.org);
  if (office == nullptr || !HasRole(*office, request.role())) {
    return MakeError(Reason::ROLE_DENIED, {.field = "role"});
  }
  // The window acts on what it took in; the offices of the 户籍 on what has come to them.
  const bool by_window = request.role() == "WINDOW" || stored->org == caller.org;
  if (!by_window && request.role() != "TOWN" && request.role() != "COUNTY") {
    return MakeError(Reason::ROLE_DENIED, {.field = "role"});
  }
  if ((act == "approve" || act == "reject") && request.version() == 0) {
    return MakeError(Reason::BAD_REQUEST,
                     {.field = "version", .detail = "nobody decides on what was not seen"});
  }
  if (act == "approve") CHUANYU_RETURN_IF_ERROR(Approve(session, caller, request, stored, topics));
  CHUANYU_RETURN_IF_ERROR(
      cases::Perform(desk_.flow(), desk_.calendar(), act,
                     {.role = request.role(), .officer_id = request.officer_id(), .org = caller.org},
                     desk_.Today(), stored->application.mutable_steps()));
  if (act == "resubmit") {
    Correct(request.correction(), &stored->application);
    CHUANYU_ASSIGN_OR_RETURN(const ChildApplication parsed, desk_.Parse(stored->application));
    if (desk_.SubjectOf(parsed.child) != stored->subject) {
      return MakeError(Reason::STATE_CONFLICT, {.field = "correction.child", .detail = "is another child"});
    }
    stored->application.mutable_deciding_region()->set_code(parsed.hukou_region);
  }
  if (act == "push") return Forward(session, stored);
  if (act == "approve" || act == "reject" || act == "return") return ReturnToWindow(session, *stored);
  if (act == "notify" || act == "withdraw") return desk_.Release(session, *stored);
  return absl::OkStatus();
}

absl::Status Applications::Forward(sql::Session& session, StoredApplication* stored) {
  v1::Application& application = stored->application;
  if (cases::Current(application.steps()).step() != "PUSHED") return absl::OkStatus();
  if (desk_.DecidesHere(application)) {
    return cases::Perform(desk_.flow(), desk_.calendar(), "arrive", {.role = cases::kSystem}, desk_.Today(),
                          application.mutable_steps());
  }
  // Another region takes it in for a claim that it has granted.
  if (application.peer_check() != v1::PEER_CHECK_CONFIRMED) return absl::OkStatus();
  v1::PushApplicationRequest push;
  push.set_claim_id(stored->claim_id);
  CopyPushed(application, push.mutable_application());
  return desk_.Send(session, application.deciding_region().code(), kPushApplication,
                    application.application_no(), push);
}

absl::Status Applications::Approve(sql::Session& session, const Caller& caller,
                                   const v1::PerformStepRequest& request, StoredApplication* stored,
                                   CaseDesk::Topics* topics) {
  v1::Application& application = stored->application;
  if (desk_.flow().FindAct(cases::Current(application.steps()).step(), "approve") == nullptr) {
    return MakeError(Reason::STATE_CONFLICT, {.field = "act"});
  }
  CHUANYU_RETURN_IF_ERROR(
      claims_.CheckHeld(session, stored->claim_id, stored->window_region == desk_.own_region()));
  CHUANYU_ASSIGN_OR_RETURN(const ChildApplication parsed, desk_.Parse(application));
  const Office* const office = FindOffice(desk_.config().offices, caller.org);
  absl::Status hukou = MakeError(Reason::B_NOT_HUKOU, {.field = "child.hukou_code"});
  for (const std::string& county : office->counties) {
    hukou = CheckHukou(parsed.hukou_code, county, desk_.Today(), desk_.divisions());
    if (hukou.ok()) break;
  }
  CHUANYU_RETURN_IF_ERROR(hukou);
  CHUANYU_ASSIGN_OR_RETURN(const PolicyDay policy, desk_.PolicyToday());
  const Assessment assessment = AssessParents(parsed.parents, policy, desk_.Today());
  CHUANYU_ASSIGN_OR_RETURN(const v1::Category category,
                           Decide(assessment, parsed.birth, policy.age, desk_.Today(), request.category()));
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

absl::Status Applications::ReturnToWindow(sql::Session& session, const StoredApplication& stored) {
  if (stored.window_region == desk_.own_region()) return absl::OkStatus();
  v1::ReturnResultRequest message;
  message.set_application_no(stored.application.application_no());
  message.set_state(StateOf(stored.application));
  if (stored.application.has_result()) *message.mutable_result() = stored.application.result();
  return desk_.Send(session, stored.window_region, kReturnResult, stored.application.application_no(),
                    message);
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
