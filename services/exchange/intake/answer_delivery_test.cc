#include "services/exchange/intake/answer_delivery.h"

#include <gtest/gtest.h>

namespace chuanyu::exchange {
namespace {

class CountingSink final : public AnswerSink {
 public:
  void OnAnswers(const std::vector<std::shared_ptr<const v1::Answer>>& answers) override {
    count += answers.size();
  }
  size_t count = 0;
};

// How many answers reach the asker's stream when the tracker says `result` of an answer that came in.
size_t Delivered(const TrackResult& result) {
  Mailbox mailbox;
  const auto sink = std::make_shared<CountingSink>();
  mailbox.Attach("500000/county/platform", sink);
  DurableRecord record;
  record.record.set_kind(v1::RECORD_KIND_ANSWER_RECEIVED);
  record.record.set_request_id("0197e2a4-0000-7000-8000-000000000001");
  record.record.set_from_region("500000");
  record.record.set_from_system("county/platform");
  record.record.set_outcome("OK");
  AnswerDelivery("500000", mailbox).OnTracked({&record, 1}, {&result, 1});
  return sink->count;
}

TEST(AnswerDelivery, TellsTheAskerWhatWasAppliedNowOrInAnAttemptWhoseReplyWasLost) {
  EXPECT_EQ(Delivered({.outcome = TrackOutcome::kApplied, .state = State::kAnswered}), 1u);
  EXPECT_EQ(Delivered({.outcome = TrackOutcome::kAlready, .state = State::kAnswered}), 1u);
  EXPECT_EQ(Delivered({.outcome = TrackOutcome::kAlready, .state = State::kDelivered}), 0u);
  EXPECT_EQ(Delivered({.outcome = TrackOutcome::kBadState, .state = State::kCancelled}), 0u);
  EXPECT_EQ(Delivered({.outcome = TrackOutcome::kNotFound}), 0u);
}

}  // namespace
}  // namespace chuanyu::exchange
