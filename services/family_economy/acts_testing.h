// The front with calls that act on checks, for tests. Synthetic persons.
#pragma once

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "services/family_economy/front_testing.h"

namespace chuanyu::family_economy {

inline constexpr char kPlatform[] = "500000/county/platform";

class ActsFixture : public FrontFixture {
 protected:
  template <typename Request, typename Response>
  absl::StatusOr<v1::Verification> Call(grpc::Status (v1::FamilyEconomy::Stub::*method)(grpc::ClientContext*,
                                                                                        const Request&,
                                                                                        Response*),
                                        const Request& request, const std::string& who = kPlatform) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    Response response;
    const grpc::Status status = (*Stub(who).*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response.verification();
  }
  absl::StatusOr<v1::Verification> Cancel(const std::string& number, const std::string& id = "cancel",
                                          const std::string& who = kPlatform) {
    return Call(&v1::FamilyEconomy::Stub::CancelVerification,
                RequestFor<v1::CancelVerificationRequest>(number, id), who);
  }
  absl::StatusOr<v1::Verification> Revoke(const std::string& number, const std::string& id = "revoke") {
    return Call(&v1::FamilyEconomy::Stub::RevokeAuthorization,
                RequestFor<v1::RevokeAuthorizationRequest>(number, id));
  }
  absl::StatusOr<v1::Verification> Archive(const std::string& number, const std::string& id = "archive") {
    return Call(&v1::FamilyEconomy::Stub::ArchiveVerification,
                RequestFor<v1::ArchiveVerificationRequest>(number, id));
  }
  absl::StatusOr<v1::Verification> Review(const std::string& number, const std::string& id = "review") {
    auto request = RequestFor<v1::RequestReviewRequest>(number, id);
    request.set_requested_by(v1::REVIEW_REQUESTER_CITIZEN);
    request.mutable_deadline()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 3600);
    return Call(&v1::FamilyEconomy::Stub::RequestReview, request);
  }
  absl::StatusOr<v1::Verification> Decide(const v1::Verification& seen, v1::DecisionOutcome outcome,
                                          const std::string& id = "decide") {
    auto request = RequestFor<v1::DecideVerificationRequest>(seen.verification_no(), id);
    request.set_version(seen.version());
    request.set_outcome(outcome);
    request.set_officer_id("officer-7");
    request.set_note("张测甲: see report");
    return Call(&v1::FamilyEconomy::Stub::DecideVerification, request);
  }
  template <typename Request>
  static Request RequestFor(const std::string& number, const std::string& id) {
    Request request;
    request.set_request_id(id);
    request.set_verification_no(number);
    return request;
  }

  v1::Verification MustCreate(const v1::CreateVerificationRequest& request = DemoRequest()) {
    const auto created = Create(request);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.value_or(v1::Verification());
  }
  void WaitForState(const std::string& number, v1::VerificationState state) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    v1::WatchVerificationRequest request;
    request.set_verification_no(number);
    const auto stub = Stub();
    const auto reader = stub->WatchVerification(&context, request);
    v1::WatchVerificationResponse response;
    while (reader->Read(&response) && response.verification().state() != state) {
    }
    EXPECT_EQ(response.verification().state(), state);
    context.TryCancel();
  }
  // Waits for an answer that does not come.
  std::string Waiting() {
    script_ = [](const auto&) { return nullptr; };
    Start();
    const std::string number = MustCreate().verification_no();
    WaitForState(number, v1::VERIFICATION_STATE_DISPATCHED);
    return number;
  }
  v1::Verification ReportedCheck() {
    Start();
    return Final(MustCreate().verification_no());
  }
  // A look at a check that was granted, under the same authorisation.
  v1::CreateVerificationRequest Recheck(const std::string& id = "recheck") {
    v1::CreateVerificationRequest request = DemoRequest();
    request.set_request_id(id);
    request.mutable_verification()->set_type(v1::VERIFICATION_TYPE_RECHECK);
    return request;
  }
  void ExpectNobodyIn(const std::string& number) {
    // As it is stored: what callers get is masked in any case.
    const auto full = store_->Get("county", number);
    ASSERT_TRUE(full.ok()) << full.status();
    std::string text;
    google::protobuf::TextFormat::Printer printer;
    printer.SetUseUtf8StringEscaping(true);
    printer.PrintToString(*full, &text);
    for (const char* secret : {kP01, kP02, "张测甲", "李测乙", "RESULT_STATE", "masked"}) {
      EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr(secret)));
    }
  }
};

}  // namespace chuanyu::family_economy
