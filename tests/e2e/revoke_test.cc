// Domain scenario 7 and its relative, cancelling, over two whole regions: what is withdrawn here is withdrawn
// in both journals, and an answer that comes all the same leaves no trace of the person.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "chuanyu/family_economy/v1/family_economy.grpc.pb.h"
#include "common/errors/error.h"
#include "common/rpc/deadline.h"
#include "common/rpc/error_details.h"
#include "tests/support/eventually.h"
#include "tests/support/households.h"
#include "tests/support/journals.h"
#include "tests/support/world.h"

namespace chuanyu::testing {
namespace {

using exchange::v1::JournalRecord;
using family_economy::v1::FamilyEconomy;
using family_economy::v1::Verification;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fe = family_economy::v1;

class RevokeTest : public ::testing::Test {
 protected:
  RevokeTest() {
    const absl::Status started = world_.Start();
    EXPECT_TRUE(started.ok()) << started;
    front_ = FamilyEconomy::NewStub(world_.cq().ToFront(kPlatform));
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (FamilyEconomy::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                Response*),
                    const Request& request, Response& response) {
    grpc::ClientContext context;
    rpc::SetDeadline(context, absl::Now() + absl::Seconds(30));
    return rpc::FromGrpc((*front_.*method)(&context, request, &response));
  }
  absl::StatusOr<Verification> Create(const fe::CreateVerificationRequest& request) {
    fe::CreateVerificationResponse response;
    const absl::Status status = Call(&FamilyEconomy::Stub::CreateVerification, request, response);
    if (!status.ok()) return status;
    return response.verification();
  }
  Verification Get(const std::string& number) {
    fe::GetVerificationRequest request;
    request.set_verification_no(number);
    request.set_view(fe::VERIFICATION_VIEW_FULL);
    fe::GetVerificationResponse response;
    const absl::Status status = Call(&FamilyEconomy::Stub::GetVerification, request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response.verification();
  }
  // A check whose question the other region has and cannot answer: its registers' service is away.
  Verification AskWhileTheProviderIsAway(const std::string& request_id) {
    EXPECT_TRUE(world_.sc().family_economy().Stop().ok());
    const auto created = Create(Scenario1(request_id));
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return {};
    EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
      return Recorded(world_.sc(), exchange::v1::RECORD_KIND_REQUEST_RECEIVED, Question(*created));
    }));
    return *created;
  }
  static std::string Question(const Verification& check) { return check.remote_queries(0).request_id(); }
  static bool Recorded(const Region& region, exchange::v1::RecordKind kind, const std::string& request_id) {
    return CountByRequest(ReadJournal(region), kind)[request_id] > 0;
  }
  void ExpectNobodyIn(const Verification& check) {
    std::string text;
    google::protobuf::TextFormat::Printer printer;
    printer.SetUseUtf8StringEscaping(true);
    printer.PrintToString(check, &text);
    for (const TestPerson& person : AllTestPersons()) {
      EXPECT_THAT(text, Not(HasSubstr(person.doc_no)));
      EXPECT_THAT(text, Not(HasSubstr(person.name)));
    }
    EXPECT_THAT(text, Not(HasSubstr("RESULT_STATE")));
  }
  void ExpectBothJournalsSound() {
    const absl::Status stopped = world_.Stop();
    EXPECT_TRUE(stopped.ok()) << stopped;
    const auto report = VerifyJournals(world_.cq(), world_.sc());
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_TRUE(report->ok()) << Failures(*report);
  }

  World world_;
  std::unique_ptr<FamilyEconomy::Stub> front_;
};

TEST_F(RevokeTest, Scenario7TheLateAnswerIsDiscardedUnreadAndTheAuditStays) {
  const Verification asked = AskWhileTheProviderIsAway("revoke-7");
  const std::string number = asked.verification_no();
  // The authorisation ends while the own node is away, so the other region cannot hear of it in time and
  // answers.
  world_.cq().node().Kill();
  fe::RevokeAuthorizationRequest revoke;
  revoke.set_request_id("the family withdrew");
  revoke.set_verification_no(number);
  fe::RevokeAuthorizationResponse revoked;
  EXPECT_TRUE(
      HasReason(Call(&FamilyEconomy::Stub::RevokeAuthorization, revoke, revoked), Reason::BAD_REQUEST));
  revoke.set_request_id("revoke-7-withdrawn");
  const absl::Status status = Call(&FamilyEconomy::Stub::RevokeAuthorization, revoke, revoked);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(revoked.verification().state(), fe::VERIFICATION_STATE_REVOKED);
  ASSERT_TRUE(world_.sc().StartFamilyEconomy().ok());
  ASSERT_TRUE(Eventually(absl::Seconds(60), [&] {
    return Recorded(world_.sc(), exchange::v1::RECORD_KIND_ANSWER_SENT, Question(asked));
  }));
  ASSERT_TRUE(world_.cq().StartNode().ok());
  // Whatever came first at the own node, withdrawal or answer, the request has come to its end.
  EXPECT_TRUE(Eventually(absl::Seconds(60), [&] {
    return Recorded(world_.cq(), exchange::v1::RECORD_KIND_CANCELLED, Question(asked)) ||
           Recorded(world_.cq(), exchange::v1::RECORD_KIND_DELIVERED, Question(asked));
  }));

  const Verification after = Get(number);
  EXPECT_EQ(after.state(), fe::VERIFICATION_STATE_REVOKED);
  EXPECT_EQ(after.remote_queries(0).outcome(), "AUTH_REVOKED");
  ExpectNobodyIn(after);
  EXPECT_GE(after.events_size(), 2);
  EXPECT_EQ(after.events(after.events_size() - 1).kind(), fe::CASE_EVENT_KIND_AUTHORIZATION_REVOKED);
  // Nothing can be asked under it any more.
  fe::CreateVerificationRequest again = Scenario1("revoke-7");
  again.set_request_id("revoke-7-again");
  const auto refused = Create(again);
  EXPECT_TRUE(HasReason(refused.status(), Reason::AUTH_REVOKED)) << refused.status();
  EXPECT_TRUE(Recorded(world_.cq(), exchange::v1::RECORD_KIND_REQUEST_SENT, Question(asked)));
  ExpectBothJournalsSound();
}

TEST_F(RevokeTest, ACancelledCheckIsWithdrawnInBothRegionsAndNobodyAnswersIt) {
  const Verification asked = AskWhileTheProviderIsAway("cancel-1");
  fe::CancelVerificationRequest cancel;
  cancel.set_request_id("cancel-1-withdrawn");
  cancel.set_verification_no(asked.verification_no());
  fe::CancelVerificationResponse cancelled;
  const absl::Status status = Call(&FamilyEconomy::Stub::CancelVerification, cancel, cancelled);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(cancelled.verification().state(), fe::VERIFICATION_STATE_CANCELLED);
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
    return Recorded(world_.cq(), exchange::v1::RECORD_KIND_CANCELLED, Question(asked)) &&
           Recorded(world_.sc(), exchange::v1::RECORD_KIND_CANCELLED, Question(asked));
  }));
  ASSERT_TRUE(world_.sc().StartFamilyEconomy().ok());
  // The same family applies again, which is answered; the withdrawn question stays without an answer.
  const auto second = Create(Scenario1("cancel-2"));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] {
    return Get(second->verification_no()).state() == fe::VERIFICATION_STATE_REPORTED;
  }));
  EXPECT_FALSE(Recorded(world_.sc(), exchange::v1::RECORD_KIND_ANSWER_SENT, Question(asked)));
  ExpectNobodyIn(Get(asked.verification_no()));
  // What has its answer is not cancelled any more.
  cancel.set_request_id("cancel-2-withdrawn");
  cancel.set_verification_no(second->verification_no());
  EXPECT_TRUE(
      HasReason(Call(&FamilyEconomy::Stub::CancelVerification, cancel, cancelled), Reason::STATE_CONFLICT));
  ExpectBothJournalsSound();
}

}  // namespace
}  // namespace chuanyu::testing
