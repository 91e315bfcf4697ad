#include "common/exchange_client/outbox.h"

#include <string>
#include <utility>
#include <vector>

#include "common/errors/error.h"
#include "gtest/gtest.h"

namespace chuanyu {
namespace {

exchange::v1::Submission Make(const std::string& id, size_t bytes = 8) {
  exchange::v1::Submission submission;
  submission.mutable_envelope()->set_request_id(id);
  submission.set_payload(std::string(bytes, 'x'));
  return submission;
}

std::vector<std::string> Ids(const exchange::v1::OpenRequest& request) {
  std::vector<std::string> ids;
  for (const auto& submission : request.submissions()) ids.push_back(submission.envelope().request_id());
  return ids;
}

std::vector<std::string> Take(Outbox& outbox) {
  exchange::v1::OpenRequest request;
  const bool taken = outbox.TakeBatch(request);
  EXPECT_EQ(taken, request.submissions_size() + request.acknowledged_request_ids_size() > 0);
  return Ids(request);
}

const auto kIgnore = [](absl::StatusOr<exchange::v1::Receipt>) {};

TEST(Outbox, BatchesUpToTheLimitsAndLetsOneLargeSubmissionPass) {
  Outbox outbox({.max_in_flight = 10, .max_batch = 3, .max_batch_bytes = 100});
  for (const char* id : {"a", "b", "c", "d"}) ASSERT_TRUE(outbox.Add(Make(id), kIgnore).ok());
  ASSERT_TRUE(outbox.Add(Make("large", 1000), kIgnore).ok());
  ASSERT_TRUE(outbox.Add(Make("e"), kIgnore).ok());
  EXPECT_EQ(Take(outbox), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(Take(outbox), (std::vector<std::string>{"d"}));
  EXPECT_EQ(Take(outbox), (std::vector<std::string>{"large"}));
  EXPECT_EQ(Take(outbox), (std::vector<std::string>{"e"}));
  EXPECT_TRUE(Take(outbox).empty());
}

TEST(Outbox, RefusesWhatItCouldNotMatchWithAReceipt) {
  Outbox outbox({.max_in_flight = 2});
  EXPECT_TRUE(HasReason(outbox.Add(Make(""), kIgnore), Reason::BAD_REQUEST));
  exchange::v1::Submission other_key = Make("a");
  other_key.mutable_envelope()->set_idempotency_key("b");
  EXPECT_TRUE(HasReason(outbox.Add(std::move(other_key), kIgnore), Reason::BAD_REQUEST));
  ASSERT_TRUE(outbox.Add(Make("a"), kIgnore).ok());
  EXPECT_TRUE(HasReason(outbox.Add(Make("a"), kIgnore), Reason::MSG_REPLAYED));
  ASSERT_TRUE(outbox.Add(Make("b"), kIgnore).ok());
  EXPECT_TRUE(HasReason(outbox.Add(Make("c"), kIgnore), Reason::QUOTA));
}

TEST(Outbox, TakesBackWhatWaitsAndNothingElse) {
  Outbox outbox({.max_batch = 1});
  for (const char* id : {"sent", "waits", "stays"}) ASSERT_TRUE(outbox.Add(Make(id), kIgnore).ok());
  EXPECT_EQ(Take(outbox), (std::vector<std::string>{"sent"}));
  EXPECT_EQ(outbox.TakeBack("sent"), nullptr);
  EXPECT_EQ(outbox.TakeBack("unknown"), nullptr);
  EXPECT_NE(outbox.TakeBack("waits"), nullptr);
  EXPECT_EQ(outbox.TakeBack("waits"), nullptr);
  // It was taken back on its way: not sent again when the stream breaks.
  EXPECT_EQ(outbox.SendAllAgain().size(), 1u);
  EXPECT_EQ(Take(outbox), (std::vector<std::string>{"stays"}));
  EXPECT_EQ(outbox.in_flight(), 1u);
  EXPECT_TRUE(outbox.SendAllAgain().empty());
  // What waits to be sent again can be taken back, too.
  EXPECT_NE(outbox.TakeBack("stays"), nullptr);
  EXPECT_TRUE(Take(outbox).empty());
}

TEST(Outbox, SendsAgainWhatHasNoReceiptInTheOrderOfSubmission) {
  Outbox outbox({.max_batch = 3});
  for (const char* id : {"a", "b", "c", "d"}) ASSERT_TRUE(outbox.Add(Make(id), kIgnore).ok());
  EXPECT_EQ(Take(outbox).size(), 3u);
  EXPECT_NE(outbox.Settle("b"), nullptr);
  outbox.SendAllAgain();
  EXPECT_EQ(Take(outbox), (std::vector<std::string>{"a", "c", "d"}));
  EXPECT_EQ(outbox.in_flight(), 3u);
}

TEST(Outbox, SettlesOnceAndOnlyWhatWasSent) {
  Outbox outbox({});
  ASSERT_TRUE(outbox.Add(Make("a"), kIgnore).ok());
  EXPECT_EQ(outbox.Settle("a"), nullptr);
  EXPECT_EQ(Take(outbox).size(), 1u);
  EXPECT_NE(outbox.Settle("a"), nullptr);
  EXPECT_EQ(outbox.Settle("a"), nullptr);
  EXPECT_EQ(outbox.Settle("unknown"), nullptr);
}

TEST(Outbox, SendsEachAcknowledgementOnce) {
  Outbox outbox({.max_batch = 1});
  for (int i = 0; i < 6; ++i) outbox.AddAcknowledgement(std::to_string(i));
  exchange::v1::OpenRequest request;
  ASSERT_TRUE(outbox.TakeBatch(request));
  EXPECT_EQ(request.acknowledged_request_ids_size(), 4);
  EXPECT_EQ(request.acknowledged_request_ids(0), "0");
  ASSERT_TRUE(outbox.TakeBatch(request));
  EXPECT_EQ(request.acknowledged_request_ids_size(), 2);
  EXPECT_EQ(request.acknowledged_request_ids(1), "5");
  EXPECT_FALSE(outbox.TakeBatch(request));
}

TEST(Outbox, AbandonHandsBackEveryCallbackOnce) {
  Outbox outbox({.max_batch = 1});
  ASSERT_TRUE(outbox.Add(Make("a"), kIgnore).ok());
  ASSERT_TRUE(outbox.Add(Make("b"), kIgnore).ok());
  EXPECT_EQ(Take(outbox).size(), 1u);
  EXPECT_EQ(outbox.Abandon().size(), 2u);
  EXPECT_EQ(outbox.in_flight(), 0u);
  EXPECT_TRUE(Take(outbox).empty());
}

}  // namespace
}  // namespace chuanyu
