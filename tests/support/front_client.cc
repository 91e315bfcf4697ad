#include "tests/support/front_client.h"

#include "absl/time/clock.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"

namespace chuanyu::testing {

using namespace family_economy::v1;  // NOLINT(google-build-using-namespace): this file speaks of nothing else

namespace {

void Prepare(grpc::ClientContext& context, absl::Duration limit) {
  context.set_wait_for_ready(true);
  rpc::SetDeadline(context, absl::Now() + limit);
}

}  // namespace

absl::Status FrontClient::Read(const grpc::Status& status) {
  error_bytes_ += status.error_message() + status.error_details() + "\n";
  return rpc::FromGrpc(status);
}

absl::StatusOr<Verification> FrontClient::Create(const CreateVerificationRequest& request,
                                                 absl::Duration limit) {
  grpc::ClientContext context;
  Prepare(context, limit);
  CreateVerificationResponse response;
  const absl::Status status = Read(stub_->CreateVerification(&context, request, &response));
  if (!status.ok()) return status;
  return response.verification();
}

absl::StatusOr<Verification> FrontClient::Propose(const ProposeAssessmentRequest& request) {
  grpc::ClientContext context;
  Prepare(context, absl::Seconds(15));
  ProposeAssessmentResponse response;
  const absl::Status status = Read(stub_->ProposeAssessment(&context, request, &response));
  if (!status.ok()) return status;
  return response.verification();
}

absl::StatusOr<Verification> FrontClient::Get(const std::string& verification_no) {
  grpc::ClientContext context;
  Prepare(context, absl::Seconds(15));
  GetVerificationRequest request;
  request.set_verification_no(verification_no);
  request.set_view(VERIFICATION_VIEW_FULL);
  GetVerificationResponse response;
  const absl::Status status = Read(stub_->GetVerification(&context, request, &response));
  if (!status.ok()) return status;
  return response.verification();
}

absl::StatusOr<std::vector<VerificationSummary>> FrontClient::List() {
  std::vector<VerificationSummary> all;
  ListVerificationsRequest request;
  request.set_page_size(2);  // so that pages are turned
  do {
    grpc::ClientContext context;
    Prepare(context, absl::Seconds(15));
    ListVerificationsResponse response;
    const absl::Status status = Read(stub_->ListVerifications(&context, request, &response));
    if (!status.ok()) return status;
    all.insert(all.end(), response.verifications().begin(), response.verifications().end());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

absl::StatusOr<Verification> FrontClient::Await(const std::string& verification_no, VerificationState state,
                                                absl::Duration limit) {
  const absl::Time end = absl::Now() + limit;
  std::string last = "nothing";
  absl::Status status;
  // Again when the service went away meanwhile.
  do {
    grpc::ClientContext context;
    Prepare(context, end - absl::Now());
    WatchVerificationRequest request;
    request.set_verification_no(verification_no);
    const auto reader = stub_->WatchVerification(&context, request);
    WatchVerificationResponse response;
    while (reader->Read(&response)) {
      if (response.verification().state() == state) {
        context.TryCancel();
        (void)reader->Finish();
        return response.verification();
      }
      last = VerificationState_Name(response.verification().state());
    }
    status = Read(reader->Finish());
  } while (status.code() == absl::StatusCode::kUnavailable && absl::Now() < end);
  return absl::DeadlineExceededError(last + " was the last state seen; " + std::string(status.message()));
}

}  // namespace chuanyu::testing
