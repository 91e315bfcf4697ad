#include "tests/support/children.h"

#include <unistd.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "common/calendar/china_time.h"
#include "common/rpc/error_details.h"
#include "tests/support/eventually.h"

namespace chuanyu::testing {
namespace {

using namespace child_welfare::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

constexpr absl::Duration kLimit = absl::Seconds(30);

std::string Day(absl::Duration ago) { return absl::FormatTime("%Y-%m-%d", absl::Now() - ago, ChinaTime()); }

void SetEvidence(EvidenceKind kind, const std::string& date, Evidence* out) {
  out->set_kind(kind);
  out->set_number("TEST-1");
  out->set_issuer("测试机关");
  out->mutable_date()->set_value(date);
}

void AddParent(ParentRole role, ParentCondition condition, EvidenceKind kind, Application* application) {
  ParentFact& fact = *application->add_parents();
  fact.set_role(role);
  fact.set_condition(condition);
  fact.mutable_since()->set_value("2024-03-01");
  fact.set_checked_by(CHECKED_BY_DOCUMENT);
  SetEvidence(kind, "2024-03-02", fact.mutable_evidence());
}

template <typename Value>
absl::StatusOr<Value> Finish(const grpc::Status& status, const Value& value) {
  if (!status.ok()) return rpc::FromGrpc(status);
  return value;
}

void Prepare(grpc::ClientContext& context) { context.set_deadline(absl::ToChronoTime(absl::Now() + kLimit)); }

}  // namespace

std::string ChildNumber(const std::string& code, const std::string& yyyymmdd, int serial) {
  // GB 11643: even sequences are female.
  const std::string body = code + yyyymmdd + "99" + std::to_string(2 * serial);
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) sum += (body[i] - '0') * kWeights[i];
  return body + "10X98765432"[sum % 11];
}

CreateApplicationRequest ChildFiling(const std::string& request_id, const std::string& number,
                                     const std::string& hukou, const std::string& window) {
  CreateApplicationRequest request;
  request.set_request_id(request_id);
  Application& application = *request.mutable_application();
  Child& child = *application.mutable_child();
  child.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  child.mutable_person()->set_doc_no(number);
  child.mutable_person()->set_name("周测童");
  child.mutable_hukou_code()->set_code(hukou);
  child.mutable_residence_code()->set_code(window);
  child.set_care_type(CARE_TYPE_FAMILY);
  child.set_study_stage(STUDY_STAGE_COMPULSORY);
  AddParent(PARENT_ROLE_FATHER, PARENT_CONDITION_DECEASED, EVIDENCE_KIND_DEATH_CERTIFICATE, &application);
  AddParent(PARENT_ROLE_MOTHER, PARENT_CONDITION_SEVERELY_DISABLED, EVIDENCE_KIND_DISABILITY_CERTIFICATE,
            &application);
  Guardian& guardian = *application.mutable_guardian();
  guardian.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  guardian.mutable_person()->set_doc_no(kP08.doc_no);
  guardian.mutable_person()->set_name(kP08.name);
  guardian.set_relation("63");
  SetEvidence(EVIDENCE_KIND_GUARDIANSHIP_PROOF, Day(absl::Hours(48)), guardian.mutable_evidence());
  application.mutable_accept_division()->set_code(window);
  return request;
}

absl::StatusOr<Application> ChildClient::Create(const CreateApplicationRequest& request) {
  grpc::ClientContext context;
  Prepare(context);
  CreateApplicationResponse response;
  const grpc::Status status = stub_->CreateApplication(&context, request, &response);
  return Finish(status, response.application());
}

absl::StatusOr<Application> ChildClient::Get(const std::string& number, bool full) {
  grpc::ClientContext context;
  Prepare(context);
  GetApplicationRequest request;
  request.set_application_no(number);
  if (full) request.set_view(APPLICATION_VIEW_FULL);
  GetApplicationResponse response;
  const grpc::Status status = stub_->GetApplication(&context, request, &response);
  return Finish(status, response.application());
}

absl::StatusOr<std::vector<Application>> ChildClient::List(ApplicationState state) {
  std::vector<Application> all;
  ListApplicationsRequest request;
  request.set_page_size(2);  // small, so that pages are turned
  request.set_state(state);
  do {
    grpc::ClientContext context;
    Prepare(context);
    ListApplicationsResponse response;
    const grpc::Status status = stub_->ListApplications(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    all.insert(all.end(), response.applications().begin(), response.applications().end());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

absl::StatusOr<Application> ChildClient::Act(const std::string& number, const std::string& act,
                                             const std::string& role) {
  const auto seen = Get(number, false);
  if (!seen.ok()) return seen;
  grpc::ClientContext context;
  Prepare(context);
  PerformStepRequest request;
  request.set_request_id(
      absl::StrCat("act-", getpid(), "-", absl::Hex(absl::ToUnixNanos(absl::Now())), "-", ++acts_));
  request.set_application_no(number);
  // Whoever decides has seen what it is about; a claim that is confirmed meanwhile hinders nobody else.
  if (act == "approve" || act == "reject") request.set_version(seen->version());
  request.set_act(act);
  request.set_role(role);
  request.set_officer_id("officer-1");
  PerformStepResponse response;
  const grpc::Status status = stub_->PerformStep(&context, request, &response);
  return Finish(status, response.application());
}

absl::StatusOr<Determination> ChildClient::End(const std::string& number, EndReason reason,
                                               const std::string& on) {
  grpc::ClientContext context;
  Prepare(context);
  EndDeterminationRequest request;
  request.set_request_id("end-" + number);
  request.set_determination_no(number);
  request.set_reason(reason);
  request.mutable_on()->set_value(on);
  request.set_officer_id("officer-1");
  EndDeterminationResponse response;
  const grpc::Status status = stub_->EndDetermination(&context, request, &response);
  return Finish(status, response.determination());
}

absl::StatusOr<Determination> ChildClient::Suspend(const std::string& number, const std::string& on) {
  grpc::ClientContext context;
  Prepare(context);
  SuspendDeterminationRequest request;
  request.set_request_id(absl::StrCat("suspend-", number, "-", ++acts_));
  request.set_determination_no(number);
  request.set_reason(SUSPEND_REASON_CONDITION_IN_DOUBT);
  request.mutable_on()->set_value(on);
  request.set_officer_id("officer-1");
  SuspendDeterminationResponse response;
  const grpc::Status status = stub_->SuspendDetermination(&context, request, &response);
  return Finish(status, response.determination());
}

absl::StatusOr<Determination> ChildClient::Resume(const std::string& number, const std::string& on) {
  grpc::ClientContext context;
  Prepare(context);
  ResumeDeterminationRequest request;
  request.set_request_id(absl::StrCat("resume-", number, "-", ++acts_));
  request.set_determination_no(number);
  request.mutable_on()->set_value(on);
  request.set_officer_id("officer-1");
  ResumeDeterminationResponse response;
  const grpc::Status status = stub_->ResumeDetermination(&context, request, &response);
  return Finish(status, response.determination());
}

absl::StatusOr<Determination> ChildClient::Move(const std::string& number, const std::string& hukou,
                                                const std::string& on) {
  grpc::ClientContext context;
  Prepare(context);
  MoveDeterminationRequest request;
  request.set_request_id("move-" + number);
  request.set_determination_no(number);
  request.mutable_hukou_code()->set_code(hukou);
  request.mutable_on()->set_value(on);
  request.set_officer_id("officer-1");
  MoveDeterminationResponse response;
  const grpc::Status status = stub_->MoveDetermination(&context, request, &response);
  return Finish(status, response.determination());
}

absl::StatusOr<GetDeterminationResponse> ChildClient::Status(const std::string& number) {
  grpc::ClientContext context;
  Prepare(context);
  GetDeterminationRequest request;
  request.set_determination_no(number);
  GetDeterminationResponse response;
  const grpc::Status status = stub_->GetDetermination(&context, request, &response);
  return Finish(status, response);
}

absl::StatusOr<CheckRecognitionResponse> ChildClient::Check(const std::string& number,
                                                            const std::string& hukou,
                                                            const std::string& purpose, bool subscribe) {
  grpc::ClientContext context;
  Prepare(context);
  CheckRecognitionRequest request;
  request.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  request.mutable_person()->set_doc_no(number);
  request.mutable_person()->set_name("周测童");
  request.mutable_hukou_code()->set_code(hukou);
  request.set_purpose(purpose);
  request.set_subscribe(subscribe);
  CheckRecognitionResponse response;
  const grpc::Status status = stub_->CheckRecognition(&context, request, &response);
  return Finish(status, response);
}

absl::StatusOr<std::vector<RecognitionChange>> ChildClient::Changes(int64_t after, absl::Duration limit) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + limit));
  WatchRecognitionsRequest request;
  request.set_after_sequence(after);
  const auto reader = stub_->WatchRecognitions(&context, request);
  WatchRecognitionsResponse response;
  std::vector<RecognitionChange> changes;
  if (reader->Read(&response)) changes.assign(response.changes().begin(), response.changes().end());
  context.TryCancel();
  const grpc::Status status = reader->Finish();
  if (changes.empty()) return rpc::FromGrpc(status);
  return changes;
}

namespace {

absl::StatusOr<Application> AwaitThat(ChildClient& client, const std::string& number,
                                      const std::function<bool(const Application&)>& holds) {
  absl::StatusOr<Application> seen = absl::UnknownError("not looked yet");
  Eventually(kLimit, [&] {
    seen = client.Get(number);
    return seen.ok() && holds(*seen);
  });
  if (seen.ok() && !holds(*seen)) {
    return absl::DeadlineExceededError(absl::StrCat("last ", ApplicationState_Name(seen->state()), " ",
                                                    cases::v1::PeerCheck_Name(seen->peer_check())));
  }
  return seen;
}

}  // namespace

absl::StatusOr<Application> ChildClient::Await(const std::string& number, ApplicationState state) {
  return AwaitThat(*this, number, [&](const Application& seen) { return seen.state() == state; });
}

absl::StatusOr<Application> ChildClient::AwaitCheck(const std::string& number, cases::v1::PeerCheck check) {
  return AwaitThat(*this, number, [&](const Application& seen) { return seen.peer_check() == check; });
}

}  // namespace chuanyu::testing
