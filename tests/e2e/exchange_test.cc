// Two real nodes with their Redis, over real TLS; the provider is the test's own, so what is tested is the
// exchange alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "common/errors/error.h"
#include "common/rpc/error_details.h"
#include "tests/support/eventually.h"
#include "tests/support/journals.h"
#include "tests/support/submissions.h"
#include "tests/support/test_provider.h"
#include "tests/support/world.h"

namespace chuanyu::testing {
namespace {

using exchange::v1::Exchange;
using exchange::v1::JournalRecord;
using exchange::v1::Receipt;
using exchange::v1::Submission;

std::string Outcome(const absl::Status& status) {
  if (const auto reason = ReasonOf(status)) return std::string(ReasonName(*reason));
  return status.ok() ? "OK" : std::string(absl::StatusCodeToString(status.code()));
}
std::string Outcome(const absl::StatusOr<Receipt>& receipt) { return Outcome(receipt.status()); }

// One world for all tests that leave it as they found it.
class ExchangePair : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = new World({.family_economy = false});
    provider_ = new TestProvider(*world_, world_->sc());
    const absl::Status started = world_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }
  static void TearDownTestSuite() {
    const absl::Status stopped = world_->Stop();
    EXPECT_TRUE(stopped.ok()) << stopped;
    const auto report = VerifyJournals(world_->cq(), world_->sc());
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_TRUE(report->ok()) << Failures(*report);
    delete provider_;
    delete world_;
  }

  static std::unique_ptr<Exchange::Stub> Stub(const char* identity = kLoad) {
    return Exchange::NewStub(world_->cq().ToNode(identity));
  }
  // Nothing of it reached the other region.
  static void ExpectNothingOutbound(const std::string& request_id) {
    for (const JournalRecord& record : ReadJournal(world_->cq())) {
      if (record.request_id() == request_id) {
        EXPECT_EQ(record.kind(), exchange::v1::RECORD_KIND_REFUSED);
      }
    }
    EXPECT_EQ(provider_->calls().count(request_id), 0u);
  }

  static World* world_;
  static TestProvider* provider_;
  UuidV7Generator ids_;
};
World* ExchangePair::world_ = nullptr;
TestProvider* ExchangePair::provider_ = nullptr;

// An auditor need not stop the regions to hear that both logs tell the same story.
TEST_F(ExchangePair, LogsVerifyWhileRequestsFlow) {
  const auto verified = [](bool forth) {
    const auto report =
        forth ? VerifyJournals(world_->cq(), world_->sc()) : VerifyJournals(world_->sc(), world_->cq());
    return report.ok() ? Failures(*report) : std::string(report.status().message());
  };
  // A log that has just begun has no cosignature yet.
  const auto ask = [this, stub = Stub()] {
    const Submission submission = NewSubmission(ids_);
    EXPECT_EQ(Outcome(Submit(*stub, submission)), "OK");
    const auto answer = Await(*stub, submission.envelope().request_id());
    EXPECT_TRUE(answer.ok()) << answer.status();
  };
  ask();
  EXPECT_TRUE(Eventually(absl::Seconds(30), [&] { return verified(true).empty(); }));
  std::atomic<bool> done = false;
  std::thread asking([&] {
    for (int i = 0; i < 100; ++i) ask();
    done = true;
  });
  for (bool forth = true; !done.load(); forth = !forth) EXPECT_EQ(verified(forth), "");
  asking.join();
}

TEST_F(ExchangePair, RequestIsAnsweredDeliveredAndInBothJournalsOnce) {
  const auto stub = Stub();
  const Submission submission = NewSubmission(ids_);
  const std::string& id = submission.envelope().request_id();
  const auto receipt = Submit(*stub, submission);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->request_id(), id);
  const auto answer = Await(*stub, id);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status().code(), 0);
  family_economy::v1::QueryStatusResponse response;
  ASSERT_TRUE(response.ParseFromString(answer->payload()));
  ASSERT_EQ(response.results_size(), 1);
  EXPECT_EQ(response.results(0).state(), family_economy::v1::RESULT_STATE_NO_HIT);
  ASSERT_TRUE(Acknowledge(*stub, id).ok());
  const auto view = Get(*stub, id);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->state(), exchange::v1::REQUEST_STATE_DELIVERED);
  EXPECT_EQ(provider_->calls()[id], 1);

  const auto cq = ReadJournal(world_->cq());
  const auto sc = ReadJournal(world_->sc());
  for (const auto kind : {exchange::v1::RECORD_KIND_REQUEST_SENT, exchange::v1::RECORD_KIND_ANSWER_RECEIVED,
                          exchange::v1::RECORD_KIND_DELIVERED}) {
    EXPECT_EQ(CountByRequest(cq, kind)[id], 1) << exchange::v1::RecordKind_Name(kind);
  }
  for (const auto kind :
       {exchange::v1::RECORD_KIND_REQUEST_RECEIVED, exchange::v1::RECORD_KIND_ANSWER_SENT}) {
    EXPECT_EQ(CountByRequest(sc, kind)[id], 1) << exchange::v1::RecordKind_Name(kind);
  }
  for (const JournalRecord& record : sc) {
    if (record.request_id() == id && record.kind() == exchange::v1::RECORD_KIND_ANSWER_SENT) {
      EXPECT_THAT(record.fields_returned(), ::testing::ElementsAre("from_month", "region", "type"));
    }
  }
}

TEST_F(ExchangePair, RepeatIsHarmlessAndAnotherBodyIsAConflict) {
  const auto stub = Stub();
  Submission submission = NewSubmission(ids_);
  submission.mutable_envelope()->set_idempotency_key("key-" + submission.envelope().request_id());
  const auto first = Submit(*stub, submission);
  const auto second = Submit(*stub, submission);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(second->repeated());
  EXPECT_EQ(second->journal_index(), first->journal_index());
  Submission other = submission;
  other.mutable_payload()->append("\x0a\x00", 2);
  EXPECT_EQ(Outcome(Submit(*stub, other)), "IDEMPOTENCY_CONFLICT");
  Submission replayed = NewSubmission(ids_);
  replayed.mutable_envelope()->set_request_id(submission.envelope().request_id());
  replayed.mutable_envelope()->set_idempotency_key("another-" + submission.envelope().request_id());
  EXPECT_EQ(Outcome(Submit(*stub, replayed)), "MSG_REPLAYED");
}

TEST_F(ExchangePair, MalformedEnvelopesAreRefusedWithTheirReason) {
  struct Case {
    const char* reason;
    void (*spoil)(Submission&);
  };
  const Case cases[] = {
      {"AUTH_MISSING", [](Submission& s) { s.mutable_envelope()->clear_authorization_no(); }},
      {"PURPOSE_DENIED", [](Submission& s) { s.mutable_envelope()->set_purpose("P-MARRY"); }},
      {"POLICY_DENIED", [](Submission& s) { s.mutable_envelope()->set_operation("/chuanyu.x.v1.X/Y"); }},
      {"MSG_CLOCK_SKEW",
       [](Submission& s) {
         auto& at = *s.mutable_envelope()->mutable_sent_at();
         at.set_seconds(at.seconds() - 301);
       }},
      {"MSG_CLOCK_SKEW",
       [](Submission& s) {
         auto& at = *s.mutable_envelope()->mutable_sent_at();
         at.set_seconds(at.seconds() + 310);
       }},
      {"DEADLINE_PASSED",
       [](Submission& s) {
         auto& at = *s.mutable_envelope()->mutable_deadline();
         at.set_seconds(s.envelope().sent_at().seconds() - 60);
       }},
      {"PAYLOAD_TOO_LARGE", [](Submission& s) { s.set_payload(std::string((4 << 20) + 1, 'x')); }},
      {"BAD_REQUEST", [](Submission& s) { s.mutable_envelope()->clear_legal_basis(); }},
      {"UNKNOWN_FIELD",
       [](Submission& s) {
         s.mutable_envelope()->GetReflection()->MutableUnknownFields(s.mutable_envelope())->AddVarint(999, 1);
       }},
  };
  const auto stub = Stub();
  for (const Case& spoiled : cases) {
    Submission submission = NewSubmission(ids_);
    spoiled.spoil(submission);
    EXPECT_EQ(Outcome(Submit(*stub, submission)), spoiled.reason);
    ExpectNothingOutbound(submission.envelope().request_id());
  }
  Submission huge = NewSubmission(ids_);
  huge.set_payload(std::string(6 << 20, 'x'));
  EXPECT_EQ(Outcome(Submit(*stub, huge)), "PAYLOAD_TOO_LARGE");
}

TEST_F(ExchangePair, CallersThatMayNotAskAreRefused) {
  const Submission submission = NewSubmission(ids_);
  EXPECT_EQ(Outcome(Submit(*Stub(kUnknownSystem), submission)), "POLICY_DENIED");
  EXPECT_EQ(Outcome(Submit(*Stub(kForeignPlatform), submission)), "CALLER_WRONG_REGION");
  EXPECT_EQ(Outcome(Submit(*Stub(kOperator), submission)), "ROLE_DENIED");
  // The handshake fails, so there is no answer to carry a reason.
  EXPECT_FALSE(Submit(*Stub(kExpiredPlatform), submission, absl::Seconds(2)).ok());
  ExpectNothingOutbound(submission.envelope().request_id());
}

TEST_F(ExchangePair, RequestOfAnotherSystemDoesNotExist) {
  const Submission submission = NewSubmission(ids_);
  ASSERT_TRUE(Submit(*Stub(), submission).ok());
  EXPECT_EQ(Outcome(Get(*Stub(kPlatform), submission.envelope().request_id()).status()), "CASE_NOT_FOUND");
}

TEST_F(ExchangePair, ProviderThatFailsIsAskedAgain) {
  provider_->FailWith({grpc::StatusCode::UNAVAILABLE, "not now"});
  const auto stub = Stub();
  const Submission submission = NewSubmission(ids_);
  ASSERT_TRUE(Submit(*stub, submission).ok());
  EXPECT_FALSE(Await(*stub, submission.envelope().request_id(), absl::Seconds(1)).ok());
  provider_->FailWith(grpc::Status::OK);
  const auto answer = Await(*stub, submission.envelope().request_id(), absl::Seconds(40));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status().code(), 0);
}

TEST_F(ExchangePair, FinalErrorOfTheProviderIsTheAnswer) {
  provider_->FailWith(rpc::ToGrpc(MakeError(Reason::PURPOSE_DENIED)));
  const auto stub = Stub();
  const Submission submission = NewSubmission(ids_);
  ASSERT_TRUE(Submit(*stub, submission).ok());
  const auto answer = Await(*stub, submission.envelope().request_id());
  provider_->FailWith(grpc::Status::OK);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status().code(), static_cast<int>(grpc::StatusCode::PERMISSION_DENIED));
}

}  // namespace
}  // namespace chuanyu::testing
