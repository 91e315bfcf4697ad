#include "services/exchange/intake/in_flight.h"

#include <gtest/gtest.h>

#include "common/errors/error.h"

namespace chuanyu::exchange {
namespace {

constexpr char kFirst[] = "0197e2a4-0000-7000-8000-000000000001";
constexpr char kSecond[] = "0197e2a4-0000-7000-8000-000000000002";

v1::JournalRecord Record(const std::string& request_id, const std::string& key) {
  v1::JournalRecord record;
  record.set_request_id(request_id);
  record.set_idempotency_key(key);
  record.set_from_region("500000");
  record.set_from_system("county/platform");
  record.set_to_region("510000");
  return record;
}

crypto::Digest DigestOf(std::string_view payload) {
  return crypto::Hash(crypto::HashAlg::kSha256, {payload});
}

class InFlightTest : public ::testing::Test {
 protected:
  InFlight::Verdict Reserve(const v1::JournalRecord& record, std::string_view payload) {
    AdmittedCallback done = [this](const Admitted& admitted) { told_.push_back(admitted); };
    return in_flight_.Reserve(record, DigestOf(payload), done);
  }
  InFlight in_flight_;
  std::vector<Admitted> told_;
};

TEST_F(InFlightTest, ARepeatFollowsTheFirstAndGetsItsReceipt) {
  EXPECT_EQ(Reserve(Record(kFirst, "k"), "body"), InFlight::Verdict::kLeads);
  EXPECT_EQ(Reserve(Record(kSecond, "k"), "body"), InFlight::Verdict::kFollows);
  v1::Receipt receipt;
  receipt.set_request_id(kFirst);
  in_flight_.Release(Record(kFirst, "k"), {.receipt = receipt});
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_EQ(told_[0].receipt->request_id(), kFirst);
  EXPECT_TRUE(told_[0].receipt->repeated());
}

TEST_F(InFlightTest, ARepeatOfAFailureFailsAlike) {
  EXPECT_EQ(Reserve(Record(kFirst, ""), "body"), InFlight::Verdict::kLeads);
  EXPECT_EQ(Reserve(Record(kFirst, ""), "body"), InFlight::Verdict::kFollows);
  in_flight_.Release(Record(kFirst, ""), {.receipt = MakeError(Reason::JOURNAL_UNAVAILABLE)});
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_TRUE(HasReason(told_[0].receipt.status(), Reason::JOURNAL_UNAVAILABLE));
}

TEST_F(InFlightTest, TheSameKeyWithAnotherBodyConflicts) {
  EXPECT_EQ(Reserve(Record(kFirst, "k"), "body"), InFlight::Verdict::kLeads);
  EXPECT_EQ(Reserve(Record(kFirst, "k"), "other"), InFlight::Verdict::kConflict);
  v1::JournalRecord elsewhere = Record(kFirst, "k");
  elsewhere.set_to_region("520000");
  EXPECT_EQ(Reserve(elsewhere, "body"), InFlight::Verdict::kConflict);
}

TEST_F(InFlightTest, ARequestIdUnderAnotherKeyIsAReplay) {
  EXPECT_EQ(Reserve(Record(kFirst, "a"), "body"), InFlight::Verdict::kLeads);
  EXPECT_EQ(Reserve(Record(kFirst, "b"), "body"), InFlight::Verdict::kReplayed);
}

TEST_F(InFlightTest, AfterReleaseTheKeyIsFree) {
  EXPECT_EQ(Reserve(Record(kFirst, "k"), "body"), InFlight::Verdict::kLeads);
  in_flight_.Release(Record(kFirst, "k"), {.receipt = MakeError(Reason::JOURNAL_UNAVAILABLE)});
  EXPECT_EQ(Reserve(Record(kFirst, "k"), "other"), InFlight::Verdict::kLeads);
}

TEST_F(InFlightTest, KeysOfTwoCallersAreTwo) {
  EXPECT_EQ(Reserve(Record(kFirst, "k"), "body"), InFlight::Verdict::kLeads);
  v1::JournalRecord other = Record(kSecond, "k");
  other.set_from_system("county/other");
  EXPECT_EQ(Reserve(other, "body"), InFlight::Verdict::kLeads);
}

}  // namespace
}  // namespace chuanyu::exchange
