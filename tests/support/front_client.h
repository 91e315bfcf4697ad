// A county platform's side of the FamilyEconomy service. Owned by one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chuanyu/family_economy/v1/family_economy.grpc.pb.h"
#include "grpcpp/channel.h"

namespace chuanyu::testing {

class FrontClient {
 public:
  explicit FrontClient(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(family_economy::v1::FamilyEconomy::NewStub(channel)) {}

  // Errors as MakeError made them.
  absl::StatusOr<family_economy::v1::Verification> Create(
      const family_economy::v1::CreateVerificationRequest& request, absl::Duration limit = absl::Seconds(15));
  // Enters what a household earns and owns; the check with its proposal then.
  absl::StatusOr<family_economy::v1::Verification> Propose(
      const family_economy::v1::ProposeAssessmentRequest& request);
  // With household and authorisation.
  absl::StatusOr<family_economy::v1::Verification> Get(const std::string& verification_no);
  // All checks of the caller's organisation.
  absl::StatusOr<std::vector<family_economy::v1::VerificationSummary>> List();
  // Watches until `state` is reached; DEADLINE_EXCEEDED after `limit`, with the last state seen.
  absl::StatusOr<family_economy::v1::Verification> Await(const std::string& verification_no,
                                                         family_economy::v1::VerificationState state,
                                                         absl::Duration limit = absl::Seconds(30));

  // All that the service ever wrote about errors, as it came over the wire.
  const std::string& error_bytes() const { return error_bytes_; }

 private:
  absl::Status Read(const grpc::Status& status);

  const std::unique_ptr<family_economy::v1::FamilyEconomy::Stub> stub_;
  std::string error_bytes_;
};

}  // namespace chuanyu::testing
