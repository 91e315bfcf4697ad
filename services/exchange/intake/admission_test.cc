// What gets in and what does not, over TLS, with a real journal and a real Redis.
#include "services/exchange/intake/admission.h"

#include <atomic>
#include <set>

#include "services/exchange/intake/exchange_testing.h"

namespace chuanyu::exchange {
namespace {

using AdmissionTest = ExchangeFixture;

TEST_F(AdmissionTest, AReceiptNamesTheRecordInTheJournal) {
  const v1::Submission submission = MakeSubmission();
  const auto receipt = Submit(submission);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->request_id(), submission.envelope().request_id());
  EXPECT_FALSE(receipt->repeated());
  const auto records = Records(v1::RECORD_KIND_REQUEST_SENT);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].sequence(), receipt->journal_index());
  EXPECT_EQ(records[0].from_system(), "county/platform");
  EXPECT_EQ(StateOfRequest(receipt->request_id()), v1::REQUEST_STATE_SUBMITTED);
}

TEST_F(AdmissionTest, ARepeatGetsTheFirstReceiptAndLeavesNothing) {
  v1::Submission submission = MakeSubmission();
  submission.mutable_envelope()->set_idempotency_key("case-1");
  const auto first = Submit(submission);
  ASSERT_TRUE(first.ok()) << first.status();
  // Later, with a fresh id and time: the key says that it is the same.
  clock_.Advance(absl::Minutes(10));
  v1::Submission again = MakeSubmission();
  again.mutable_envelope()->set_idempotency_key("case-1");
  for (const v1::Submission& repeat : {again, again}) {
    const auto receipt = Submit(repeat);
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    EXPECT_TRUE(receipt->repeated());
    EXPECT_EQ(receipt->request_id(), first->request_id());
    EXPECT_EQ(receipt->journal_index(), first->journal_index());
  }
  EXPECT_EQ(Records(v1::RECORD_KIND_REQUEST_SENT).size(), 1u);
}

TEST_F(AdmissionTest, AKeyReusedWithAnotherBodyConflicts) {
  v1::Submission submission = MakeSubmission();
  submission.mutable_envelope()->set_idempotency_key("case-1");
  ASSERT_TRUE(Submit(submission).ok());
  v1::Submission other = submission;
  other.set_payload("another question");
  EXPECT_TRUE(HasReason(Submit(other).status(), Reason::IDEMPOTENCY_CONFLICT));
  other = submission;
  other.mutable_envelope()->set_authorization_no("SQ-2026-0002");
  EXPECT_TRUE(HasReason(Submit(other).status(), Reason::IDEMPOTENCY_CONFLICT));
  // The key belongs to its caller alone.
  other.mutable_envelope()->set_request_id(ids_.Next(clock_.NowMs()));
  EXPECT_TRUE(Submit(other, "500000/county/other").ok());
}

TEST_F(AdmissionTest, ARequestIdUnderAnotherKeyIsAReplay) {
  v1::Submission submission = MakeSubmission();
  ASSERT_TRUE(Submit(submission).ok());
  v1::Submission replay = submission;
  replay.mutable_envelope()->set_idempotency_key("another");
  EXPECT_TRUE(HasReason(Submit(replay).status(), Reason::MSG_REPLAYED));
  EXPECT_TRUE(HasReason(Submit(submission, "500000/county/other").status(), Reason::MSG_REPLAYED));
  EXPECT_EQ(Records(v1::RECORD_KIND_REQUEST_SENT).size(), 1u);
}

TEST_F(AdmissionTest, AnIdThatWasTheKeyOfAnotherConflicts) {
  v1::Submission first = MakeSubmission();
  const v1::Submission second = MakeSubmission();
  first.mutable_envelope()->set_idempotency_key(second.envelope().request_id());
  first.set_payload("another question");
  ASSERT_TRUE(Submit(first).ok());
  EXPECT_TRUE(HasReason(Submit(second).status(), Reason::IDEMPOTENCY_CONFLICT));
  EXPECT_EQ(Records(v1::RECORD_KIND_REQUEST_SENT).size(), 1u);
}

// The caller's clock may run ahead, so ids of the near future were perhaps used before the restart.
TEST_F(AdmissionTest, AReplayIsSeenAfterARestartToo) {
  v1::Submission ahead = MakeSubmission();
  ahead.mutable_envelope()->set_request_id(ids_.Next(clock_.NowMs() + 240'000));
  const v1::Submission now = MakeSubmission();
  ASSERT_TRUE(Submit(ahead).ok());
  ASSERT_TRUE(Submit(now).ok());
  StopIntake();
  StartIntake();
  for (v1::Submission replay : {ahead, now}) {
    EXPECT_TRUE(Submit(replay)->repeated());
    replay.mutable_envelope()->set_idempotency_key("another-" + replay.envelope().request_id());
    EXPECT_TRUE(HasReason(Submit(replay).status(), Reason::MSG_REPLAYED));
  }
  EXPECT_TRUE(Submit(MakeSubmission()).ok());
  EXPECT_EQ(Records(v1::RECORD_KIND_REQUEST_SENT).size(), 3u);
}

TEST_F(AdmissionTest, EqualSubmissionsInFlightAreRecordedOnce) {
  const v1::Submission submission = MakeSubmission();
  constexpr int kCopies = 64;
  std::vector<std::promise<Admitted>> outcomes(kCopies);
  std::vector<PendingSubmission> copies;
  for (auto& outcome : outcomes) {
    copies.push_back({.submitter = {"500000", "county/platform"},
                      .submission = submission,
                      .done = [&outcome](const Admitted& admitted) { outcome.set_value(admitted); }});
  }
  admission_->Submit(std::move(copies));
  int first = 0;
  for (auto& outcome : outcomes) {
    const Admitted admitted = outcome.get_future().get();
    ASSERT_TRUE(admitted.receipt.ok()) << admitted.receipt.status();
    first += admitted.receipt->repeated() ? 0 : 1;
  }
  EXPECT_EQ(first, 1);
  EXPECT_EQ(Records(v1::RECORD_KIND_REQUEST_SENT).size(), 1u);
}

TEST_F(AdmissionTest, WhatIsRefusedLeavesItsAuditRecordAndNothingElse) {
  struct Case {
    std::string who;
    std::function<void(v1::Submission&)> spoil;
    Reason reason;
  };
  const std::vector<Case> cases = {
      {"510000/county/platform", [](auto&) {}, Reason::CALLER_WRONG_REGION},
      {"500000/ops/duty", [](auto&) {}, Reason::ROLE_DENIED},
      {kProvider, [](auto&) {}, Reason::POLICY_DENIED},
      {kPlatform, [](auto& s) { s.mutable_envelope()->set_purpose("P-OTHER"); }, Reason::PURPOSE_DENIED},
      {kPlatform, [](auto& s) { s.mutable_envelope()->clear_authorization_no(); }, Reason::AUTH_MISSING},
      {kPlatform, [](auto& s) { s.set_payload(std::string(kMaxPayloadBytes + 1, 'p')); },
       Reason::PAYLOAD_TOO_LARGE},
      {kPlatform, [](auto& s) { s.mutable_envelope()->mutable_sent_at()->set_seconds(1); },
       Reason::MSG_CLOCK_SKEW},
      {kPlatform, [](auto& s) { s.mutable_envelope()->set_request_id("not an id"); }, Reason::BAD_REQUEST},
      {kPlatform,
       [](auto& s) {
         s.mutable_envelope()->GetReflection()->MutableUnknownFields(s.mutable_envelope())->AddVarint(99, 1);
       },
       Reason::UNKNOWN_FIELD},
  };
  std::multiset<std::string> expected;
  for (const Case& bad : cases) {
    v1::Submission submission = MakeSubmission();
    bad.spoil(submission);
    const absl::Status status = Submit(submission, bad.who).status();
    EXPECT_TRUE(HasReason(status, bad.reason)) << ReasonName(bad.reason) << ": " << status;
    expected.insert(std::string(ReasonName(bad.reason)));
  }
  ASSERT_TRUE(Submit(MakeSubmission()).ok());  // behind them all in the journal
  std::multiset<std::string> found;
  for (const v1::JournalRecord& record : Records(v1::RECORD_KIND_REFUSED)) {
    found.insert(record.outcome());
    EXPECT_TRUE(record.legal_basis().empty());
    EXPECT_TRUE(record.commitment().empty());
    EXPECT_FALSE(record.from_system().empty());
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(Records(v1::RECORD_KIND_REQUEST_SENT).size(), 1u);
}

TEST_F(AdmissionTest, AFloodOfRefusalsDoesNotFillTheJournal) {
  const v1::Submission good = MakeSubmission();
  v1::Submission bad = MakeSubmission();
  bad.mutable_envelope()->set_purpose("P-OTHER");
  std::vector<PendingSubmission> flood;
  std::promise<void> all;
  std::atomic<int> left = 2'000;
  for (int i = 0; i < 2'000; ++i) {
    flood.push_back({{"500000", "county/platform"}, bad, [&](const Admitted&) {
                       if (--left == 0) all.set_value();
                     }});
  }
  admission_->Submit(std::move(flood));
  all.get_future().wait();
  ASSERT_TRUE(Submit(good).ok());
  EXPECT_EQ(Records(v1::RECORD_KIND_REFUSED).size(), 100u);
}

TEST_F(AdmissionTest, AQuotaIsItsCallersOwn) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Submit(MakeSubmission(), "500000/county/other").ok());
  EXPECT_TRUE(HasReason(Submit(MakeSubmission(), "500000/county/other").status(), Reason::QUOTA));
  EXPECT_TRUE(Submit(MakeSubmission()).ok());
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Submit(MakeSubmission(), "500000/county/other").ok());
}

TEST_F(AdmissionTest, WithoutWitnessNothingIsTaken) {
  witness_status_ = MakeError(Reason::WITNESS_UNAVAILABLE);
  EXPECT_TRUE(HasReason(Submit(MakeSubmission()).status(), Reason::WITNESS_UNAVAILABLE));
  EXPECT_EQ(journal_->Latest().size, 0u);
}

TEST_F(AdmissionTest, WithoutRedisNothingIsHalfDone) {
  ASSERT_TRUE(Submit(MakeSubmission()).ok());
  const uint64_t size = journal_->Latest().size;
  redis_->Stop();
  const v1::Submission submission = MakeSubmission();
  const absl::Status status = Submit(submission).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_TRUE(HasReason(status, Reason::TRACKER_UNAVAILABLE)) << status;
  EXPECT_EQ(journal_->Latest().size, size);
  redis_->Start();
  // Nothing of it remains, so it is new.
  const auto receipt = Submit(submission);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_FALSE(receipt->repeated());
}

TEST_F(AdmissionTest, AStoppedOneRefuses) {
  admission_->Stop();
  EXPECT_TRUE(HasReason(Submit(MakeSubmission()).status(), Reason::SHUTTING_DOWN));
}

}  // namespace
}  // namespace chuanyu::exchange
