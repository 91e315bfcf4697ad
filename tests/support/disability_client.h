// Synthetic applications for subsidies, and one system's side of Disability.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "chuanyu/disability/v1/disability.grpc.pb.h"
#include "common/calendar/china_time.h"
#include "common/rpc/error_details.h"
#include "grpcpp/channel.h"
#include "tests/support/eventually.h"

namespace chuanyu::testing {

inline constexpr char kDisabledName[] = "周测残";
inline constexpr char kDisabledAccount[] = "6200990000000017";

inline std::string ThisMonth() { return absl::FormatTime("%Y-%m", absl::Now(), ChinaTime()); }
inline std::string Today() { return absl::FormatTime("%Y-%m-%d", absl::Now(), ChinaTime()); }

inline disability::v1::CreateApplicationRequest Filing(const std::string& request_id,
                                                       const std::string& number, const std::string& hukou,
                                                       const std::string& window,
                                                       const std::string& code = "42") {
  disability::v1::CreateApplicationRequest request;
  request.set_request_id(request_id);
  disability::v1::Claimant& claimant = *request.mutable_application()->mutable_claimant();
  claimant.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
  claimant.mutable_person()->set_doc_no(number);
  claimant.mutable_person()->set_name(kDisabledName);
  claimant.mutable_hukou_code()->set_code(hukou);
  claimant.mutable_residence_code()->set_code(window);
  claimant.mutable_certificate()->set_cert_no(number + code);
  claimant.mutable_certificate()->mutable_valid_to()->set_value("2099-12-31");
  claimant.mutable_certificate()->set_state(disability::v1::CERT_STATE_VALID);
  claimant.add_benefits(disability::v1::BENEFIT_LIFE);
  claimant.add_benefits(disability::v1::BENEFIT_CARE);
  claimant.set_care_months(12);
  claimant.mutable_account()->set_bank("测试银行");
  claimant.mutable_account()->set_account_no(kDisabledAccount);
  claimant.mutable_account()->set_holder_name(kDisabledName);
  request.mutable_application()->mutable_filer()->set_role(disability::v1::FILER_ROLE_SELF);
  request.mutable_application()->mutable_accept_division()->set_code(window);
  return request;
}

// In a 低保 family; `yes` besides.
inline disability::v1::Findings Statuses(std::vector<disability::v1::Status> yes = {}) {
  disability::v1::Findings out;
  yes.push_back(disability::v1::STATUS_DIBAO);
  for (int status = disability::v1::STATUS_DIBAO; status <= disability::v1::STATUS_SIMILAR_LIVING; ++status) {
    disability::v1::StatusFinding& finding = *out.add_statuses();
    finding.set_status(static_cast<disability::v1::Status>(status));
    finding.set_found(std::find(yes.begin(), yes.end(), status) != yes.end() ? disability::v1::FOUND_YES
                                                                             : disability::v1::FOUND_NO);
    finding.set_source("测试登记库");
  }
  return out;
}

// One system's side. Owned by one thread.
class DisabilityClient {
 public:
  explicit DisabilityClient(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(disability::v1::Disability::NewStub(channel)) {}

  absl::StatusOr<disability::v1::Application> Create(
      const disability::v1::CreateApplicationRequest& request) {
    const auto response = Call<disability::v1::CreateApplicationResponse>(
        [&](auto* context, auto* into) { return stub_->CreateApplication(context, request, into); });
    if (!response.ok()) return response.status();
    return response->application();
  }
  absl::StatusOr<disability::v1::Application> Get(const std::string& number) {
    disability::v1::GetApplicationRequest request;
    request.set_application_no(number);
    request.set_view(disability::v1::APPLICATION_VIEW_FULL);
    const auto response = Call<disability::v1::GetApplicationResponse>(
        [&](auto* context, auto* into) { return stub_->GetApplication(context, request, into); });
    if (!response.ok()) return response.status();
    return response->application();
  }
  absl::StatusOr<disability::v1::Application> Act(const std::string& number, const std::string& act,
                                                  const std::string& role,
                                                  const disability::v1::Findings* findings = nullptr) {
    const auto seen = Get(number);
    if (!seen.ok()) return seen;
    disability::v1::PerformStepRequest request;
    request.set_request_id(absl::StrCat("act-", getpid(), "-", absl::Hex(absl::ToUnixNanos(absl::Now()))));
    request.set_application_no(number);
    request.set_version(act == "approve" || act == "reject" ? seen->version() : 0);
    request.set_act(act);
    request.set_role(role);
    request.set_officer_id("officer-1");
    if (findings != nullptr) *request.mutable_findings() = *findings;
    const auto response = Call<disability::v1::PerformStepResponse>(
        [&](auto* context, auto* into) { return stub_->PerformStep(context, request, into); });
    if (!response.ok()) return response.status();
    return response->application();
  }
  absl::StatusOr<disability::v1::GetGrantResponse> GetGrant(const std::string& number) {
    disability::v1::GetGrantRequest request;
    request.set_grant_no(number);
    return Call<disability::v1::GetGrantResponse>(
        [&](auto* context, auto* into) { return stub_->GetGrant(context, request, into); });
  }
  absl::StatusOr<disability::v1::Grant> Stop(const std::string& number, disability::v1::StopReason reason) {
    disability::v1::ChangeGrantRequest request;
    request.set_request_id("stop-" + number);
    request.set_grant_no(number);
    request.set_change(disability::v1::GRANT_CHANGE_STOP);
    request.set_reason(reason);
    request.mutable_on()->set_value(Today());
    request.set_officer_id("officer-1");
    const auto response = Call<disability::v1::ChangeGrantResponse>(
        [&](auto* context, auto* into) { return stub_->ChangeGrant(context, request, into); });
    if (!response.ok()) return response.status();
    return response->grant();
  }
  absl::StatusOr<disability::v1::MoveGrantsResponse> Move(const std::string& number,
                                                          const std::string& hukou) {
    disability::v1::MoveGrantsRequest request;
    request.set_request_id("move-" + number);
    request.set_grant_no(number);
    request.mutable_hukou_code()->set_code(hukou);
    request.mutable_on()->set_value(Today());
    request.set_officer_id("officer-1");
    return Call<disability::v1::MoveGrantsResponse>(
        [&](auto* context, auto* into) { return stub_->MoveGrants(context, request, into); });
  }
  absl::StatusOr<disability::v1::QueryBenefitsResponse> Query(const std::string& number,
                                                              const std::string& hukou,
                                                              const std::string& purpose) {
    disability::v1::QueryBenefitsRequest request;
    request.mutable_person()->set_doc_type(type::v1::DOC_TYPE_RESIDENT_ID);
    request.mutable_person()->set_doc_no(number);
    request.mutable_person()->set_name(kDisabledName);
    request.mutable_hukou_code()->set_code(hukou);
    request.set_purpose(purpose);
    return Call<disability::v1::QueryBenefitsResponse>(
        [&](auto* context, auto* into) { return stub_->QueryBenefits(context, request, into); });
  }
  absl::Status StartComparison(const std::string& month) {
    disability::v1::StartComparisonRequest request;
    request.mutable_month()->set_value(month);
    return Call<disability::v1::StartComparisonResponse>(
               [&](auto* context, auto* into) { return stub_->StartComparison(context, request, into); })
        .status();
  }
  absl::StatusOr<disability::v1::GetComparisonResponse> GetComparison(const std::string& month) {
    disability::v1::GetComparisonRequest request;
    request.mutable_month()->set_value(month);
    return Call<disability::v1::GetComparisonResponse>(
        [&](auto* context, auto* into) { return stub_->GetComparison(context, request, into); });
  }
  // 0 fen: it is kept.
  absl::StatusOr<disability::v1::Recovery> RecordRecovery(const std::string& grant_no,
                                                          const std::string& month, int64_t fen) {
    disability::v1::RecordRecoveryRequest request;
    request.set_request_id(absl::StrCat("recovery-", getpid(), "-", grant_no));
    request.set_grant_no(grant_no);
    request.mutable_month()->set_value(month);
    if (fen != 0) request.mutable_fen()->set_amount(fen);
    request.set_keeps(fen == 0);
    request.mutable_on()->set_value(Today());
    request.set_officer_id("officer-7");
    const auto response = Call<disability::v1::RecordRecoveryResponse>(
        [&](auto* context, auto* into) { return stub_->RecordRecovery(context, request, into); });
    if (!response.ok()) return response.status();
    return response->recovery();
  }
  // Of one application's grants.
  absl::StatusOr<std::vector<disability::v1::Recovery>> ToRecover(const std::string& application_no) {
    disability::v1::ListRecoveriesRequest request;
    request.set_page_size(200);
    const auto response = Call<disability::v1::ListRecoveriesResponse>(
        [&](auto* context, auto* into) { return stub_->ListRecoveries(context, request, into); });
    if (!response.ok()) return response.status();
    std::vector<disability::v1::Recovery> out;
    for (const disability::v1::Recovery& each : response->recoveries()) {
      if (each.grant_no().rfind(application_no, 0) == 0) out.push_back(each);
    }
    return out;
  }
  absl::StatusOr<std::vector<disability::v1::ApplicationState>> WatchToTheEnd(const std::string& number) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    disability::v1::WatchApplicationRequest request;
    request.set_application_no(number);
    const auto reader = stub_->WatchApplication(&context, request);
    std::vector<disability::v1::ApplicationState> states;
    for (disability::v1::WatchApplicationResponse response; reader->Read(&response);) {
      states.push_back(response.application().state());
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return rpc::FromGrpc(status);
    return states;
  }
  // The application once it is in `state`.
  absl::StatusOr<disability::v1::Application> Await(const std::string& number,
                                                    disability::v1::ApplicationState state) {
    absl::StatusOr<disability::v1::Application> seen = absl::UnknownError("not looked yet");
    Eventually(absl::Seconds(30), [&] {
      seen = Get(number);
      return seen.ok() && seen->state() == state && seen->asked_regions().empty();
    });
    if (seen.ok() && seen->state() != state) {
      return absl::DeadlineExceededError("last " + disability::v1::ApplicationState_Name(seen->state()));
    }
    return seen;
  }

 private:
  template <typename Response, typename Work>
  static absl::StatusOr<Response> Call(Work work) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    Response response;
    const grpc::Status status = work(&context, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  const std::unique_ptr<disability::v1::Disability::Stub> stub_;
};

}  // namespace chuanyu::testing
