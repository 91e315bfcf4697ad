// Against a real Redis: what the node relies on beyond the state table.
#include "services/exchange/tracker/tracker.h"

#include <gtest/gtest.h>

#include "common/errors/error.h"
#include "common/redis/test_server.h"

namespace chuanyu::exchange {
namespace {

constexpr int64_t kNow = 1'780'000'000'000;

std::string Id(int n) {
  char text[40];
  std::snprintf(text, sizeof text, "0197e2a4-0000-7000-8000-%012d", n);
  return text;
}

NewRequest Request(int n, Direction direction = Direction::kOut) {
  return {.request_id = Id(n),
          .direction = direction,
          .caller = "500000/mzj/fe",
          .peer_region = "510000",
          .operation = "/p.S/M",
          .at_ms = kNow + n,
          .deadline_ms = kNow + 60'000,
          .location = "1:2:3",
          .journal_index = static_cast<uint64_t>(n)};
}

class TrackerTest : public testing::Test {
 protected:
  TrackerTest() { Open(); }
  void Open(int64_t retention_ms = 7LL * 24 * 3600 * 1000) {
    auto opened = Tracker::Open(
        {.redis = {.unix_socket = server_.socket()}, .shard = "500000", .retention_ms = retention_ms});
    ASSERT_TRUE(opened.ok()) << opened.status();
    tracker_ = *std::move(opened);
  }
  TrackResult One(TrackerChange change) {
    const auto results = tracker_->ApplyBatch(std::span<const TrackerChange>(&change, 1), std::nullopt);
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() ? results->front() : TrackResult();
  }

  redis::TestRedis server_;
  std::unique_ptr<Tracker> tracker_;
};

TEST_F(TrackerTest, AnswersARepeatWithWhatWasRecordedFirst) {
  NewRequest first = Request(1);
  first.idempotency_key = "application-7";
  EXPECT_EQ(One(first).outcome, TrackOutcome::kCreated);
  EXPECT_EQ(One(first).outcome, TrackOutcome::kExisting);
  NewRequest repeat = Request(2);
  repeat.idempotency_key = "application-7";
  const TrackResult result = One(repeat);
  EXPECT_EQ(result.outcome, TrackOutcome::kExisting);
  EXPECT_EQ(result.request_id, Id(1));
  EXPECT_EQ(result.location, "1:2:3");

  const std::vector<IdempotencyRef> refs = {{"500000/mzj/fe", "application-7"},
                                            {"500000/mzj/other", "application-7"},
                                            {"500000/mzj/fe", Id(1)},
                                            {"500000/mzj/fe", "nothing"}};
  const auto hits = tracker_->FindIdempotent(refs);
  ASSERT_TRUE(hits.ok()) << hits.status();
  ASSERT_TRUE((*hits)[0]);
  EXPECT_EQ((*hits)[0]->request_id, Id(1));
  EXPECT_EQ((*hits)[0]->journal_index, 1u);
  EXPECT_FALSE((*hits)[1]) << "keys belong to their caller";
  EXPECT_FALSE((*hits)[2]) << "it came under another key";
  EXPECT_FALSE((*hits)[3]);
}

TEST_F(TrackerTest, FindsARequestUnderItsOwnIdWhenItCameWithoutAKey) {
  EXPECT_EQ(One(Request(1)).outcome, TrackOutcome::kCreated);
  const std::vector<IdempotencyRef> refs = {{"500000/mzj/fe", Id(1)}, {"500000/mzj/other", Id(1)}};
  const auto hits = tracker_->FindIdempotent(refs);
  ASSERT_TRUE(hits.ok());
  EXPECT_TRUE((*hits)[0]);
  EXPECT_FALSE((*hits)[1]);
}

TEST_F(TrackerTest, StartsArrivalsUnderALeaseWithoutASecondRoundTrip) {
  NewRequest request = Request(1, Direction::kIn);
  request.lease_for = WorkerLease{.worker = "node/1", .token = 7};
  TrackResult result = One(request);
  EXPECT_EQ(result.state, State::kRunning);
  EXPECT_TRUE(result.under_lease);
  EXPECT_EQ(result.attempt, 1u);
  result = One(request);
  EXPECT_EQ(result.outcome, TrackOutcome::kExisting);
  EXPECT_TRUE(result.under_lease) << "the reply was lost: the repeat must still run it";
  request.lease_for->token = 8;
  EXPECT_FALSE(One(request).under_lease);
}

TEST_F(TrackerTest, HandsAnExpiredLeaseToTheNextWorkerAndShutsTheFirstOneOut) {
  One(Request(1, Direction::kIn));
  const auto first = tracker_->Lease({.worker = "a", .token = 1, .lease_ms = 15'000}, 10, kNow);
  ASSERT_TRUE(first.ok() && first->size() == 1);
  EXPECT_EQ(first->front().operation, "/p.S/M");
  EXPECT_EQ(first->front().caller, "500000/mzj/fe");
  EXPECT_TRUE(tracker_->Lease({.worker = "b", .token = 2}, 10, kNow + 14'999)->empty());
  const auto second = tracker_->Lease({.worker = "b", .token = 2}, 10, kNow + 15'000);
  ASSERT_TRUE(second.ok() && second->size() == 1);
  EXPECT_EQ(second->front().attempt, 2u);
  const LeaseRef lost{Id(1), {1, 1}};
  EXPECT_EQ(*tracker_->Renew(std::span<const LeaseRef>(&lost, 1), kNow, 15'000), std::vector<bool>{false});
  Transition answer{.request_id = Id(1), .event = Event::kAnswered, .at_ms = kNow, .fence = Fence{1, 1}};
  EXPECT_EQ(One(answer).outcome, TrackOutcome::kStaleFence);
  answer.fence = Fence{2, 2};
  EXPECT_EQ(One(answer).outcome, TrackOutcome::kApplied);
}

TEST_F(TrackerTest, RenewedLeasesDoNotExpireAndReleasedOnesDoAtOnce) {
  One(Request(1, Direction::kIn));
  ASSERT_EQ(tracker_->Lease({.worker = "node1/5", .token = 1}, 10, kNow)->size(), 1u);
  const LeaseRef held{Id(1), {1, 1}};
  EXPECT_EQ(*tracker_->Renew(std::span<const LeaseRef>(&held, 1), kNow + 10'000, 15'000),
            std::vector<bool>{true});
  EXPECT_TRUE(tracker_->Lease({.worker = "b", .token = 2}, 10, kNow + 20'000)->empty());
  EXPECT_EQ(*tracker_->ReleaseLeases("node2/"), 0u);
  EXPECT_EQ(*tracker_->ReleaseLeases("node1/"), 1u);
  EXPECT_EQ(tracker_->Lease({.worker = "b", .token = 2}, 10, kNow + 20'000)->size(), 1u);
}

TEST_F(TrackerTest, RunsARetryWhenItIsDueAndNotBefore) {
  One(Request(1, Direction::kIn));
  ASSERT_EQ(tracker_->Lease({.worker = "a", .token = 1}, 1, kNow)->size(), 1u);
  EXPECT_EQ(One(Transition{.request_id = Id(1),
                           .event = Event::kRetry,
                           .at_ms = kNow,
                           .fence = Fence{1, 1},
                           .outcome = "PROVIDER_UNAVAILABLE",
                           .due_ms = kNow + 1'000})
                .state,
            State::kRetryWait);
  EXPECT_TRUE(tracker_->Lease({.worker = "a", .token = 1}, 1, kNow + 999)->empty());
  EXPECT_EQ(tracker_->Lease({.worker = "a", .token = 1}, 1, kNow + 1'000)->front().attempt, 2u);
}

TEST_F(TrackerTest, TellsTheTimelineOldestFirstAndKeepsItsEnds) {
  One(Request(1, Direction::kIn));
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(tracker_->Lease({.worker = "a", .token = 1}, 1, kNow + 10 + i * 10)->size(), 1u);
    One(Transition{.request_id = Id(1),
                   .event = Event::kRetry,
                   .at_ms = kNow + i * 10 + 15,
                   .outcome = "QUOTA",
                   .due_ms = kNow + i * 10 + 20});
  }
  const auto known = tracker_->Get(Id(1));
  ASSERT_TRUE(known.ok() && known->has_value());
  EXPECT_EQ((*known)->steps, 61u);
  const std::vector<TimelineStep>& timeline = (*known)->timeline;
  ASSERT_EQ(timeline.size(), 36u);
  EXPECT_EQ(timeline.front().event, "RECEIVED");
  EXPECT_EQ(timeline.back().event, "RETRY");
  EXPECT_EQ(timeline.back().detail, "QUOTA");
  EXPECT_EQ(timeline.back().attempt, 30u);
  for (size_t i = 1; i < timeline.size(); ++i) EXPECT_LE(timeline[i - 1].at_ms, timeline[i].at_ms);
}

TEST_F(TrackerTest, PagesUndeliveredAnswersUntilTheyAreStored) {
  for (int n = 0; n < 5; ++n) {
    One(Request(n));
    One(Transition{.request_id = Id(n),
                   .event = Event::kAnswered,
                   .at_ms = kNow + 10,
                   .location = "9:9:9",
                   .outcome = "OK"});
  }
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto page = tracker_->Undelivered("500000/mzj/fe", 2, token);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const UndeliveredAnswer& answer : page->answers) {
      seen.push_back(answer.request_id);
      EXPECT_EQ(answer.answer_location, "9:9:9");
      // Stored while we page: the next page must skip nothing.
      One(Transition{.request_id = answer.request_id, .event = Event::kDelivered, .at_ms = kNow + 20});
    }
    token = page->next_page_token;
  } while (!token.empty());
  EXPECT_EQ(seen.size(), 5u);
  EXPECT_TRUE(tracker_->Undelivered("500000/mzj/fe", 2, "")->answers.empty());
  EXPECT_TRUE(HasReason(tracker_->Undelivered("x", 2, "nonsense").status(), Reason::BAD_REQUEST));
}

TEST_F(TrackerTest, RefusesABatchWithABadFieldAsAWhole) {
  std::vector<TrackerChange> changes = {Request(1), Request(2)};
  std::get<NewRequest>(changes[1]).caller = "";
  EXPECT_TRUE(HasReason(tracker_->ApplyBatch(changes, 2).status(), Reason::BAD_REQUEST));
  EXPECT_FALSE((*tracker_->Get(Id(1))).has_value());
}

TEST_F(TrackerTest, RemembersTheAppliedSizeAndNoticesOlderData) {
  ASSERT_TRUE(tracker_->ApplyBatch({}, 100).ok());
  EXPECT_EQ(*tracker_->AppliedSize(), 100u);
  ASSERT_TRUE(tracker_->ApplyBatch({}, 50).ok());
  EXPECT_EQ(*tracker_->AppliedSize(), 100u) << "never lowered";
  redis::RedisClient other({.unix_socket = server_.socket()});
  ASSERT_TRUE(other.Run({"FLUSHALL"}).ok());
  EXPECT_TRUE(HasReason(tracker_->ApplyBatch({}, 101).status(), Reason::TRACKER_UNAVAILABLE));
  EXPECT_EQ(*tracker_->AppliedSize(), 0u) << "the caller now replays from here";
  EXPECT_TRUE(tracker_->ApplyBatch({}, 101).ok());
}

TEST_F(TrackerTest, SurvivesAServerThatIsKilledAndComesBack) {
  One(Request(1));
  server_.Stop();
  EXPECT_TRUE(HasReason(tracker_->Get(Id(1)).status(), Reason::TRACKER_UNAVAILABLE));
  server_.Start();
  const auto known = tracker_->Get(Id(1));
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_TRUE(known->has_value());
}

TEST_F(TrackerTest, ForgetsEndedRequestsAfterTheirRetention) {
  Open(1'000);
  NewRequest request = Request(1);
  request.idempotency_key = "k";
  One(request);
  One(Transition{.request_id = Id(1), .event = Event::kCancelled, .at_ms = kNow + 10});
  One(Request(2));
  EXPECT_TRUE((*tracker_->Get(Id(1))).has_value());
  NewRequest later = Request(3);
  later.at_ms = kNow + 2'000;
  One(later);
  EXPECT_FALSE((*tracker_->Get(Id(1))).has_value());
  EXPECT_TRUE((*tracker_->Get(Id(2))).has_value()) << "not ended";
  const std::vector<IdempotencyRef> refs = {{"500000/mzj/fe", "k"}};
  EXPECT_FALSE((*tracker_->FindIdempotent(refs))[0]);
}

TEST_F(TrackerTest, ListsAStateInPages) {
  for (int n = 0; n < 5; ++n) One(Request(n));
  const auto first = tracker_->List(Direction::kOut, State::kSubmitted, 3, "");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->requests.size(), 3u);
  EXPECT_EQ(first->requests.front().request_id, Id(0));
  const auto second = tracker_->List(Direction::kOut, State::kSubmitted, 3, first->next_page_token);
  ASSERT_EQ(second->requests.size(), 2u);
  EXPECT_EQ(second->requests.front().request_id, Id(3));
  EXPECT_EQ((*tracker_->Oldest(Direction::kOut, State::kSubmitted))->submitted_ms, kNow);
  EXPECT_FALSE((*tracker_->Oldest(Direction::kIn, State::kParked)).has_value());
}

TEST_F(TrackerTest, ResetForgetsItsShardAndNothingElse) {
  redis::RedisClient other({.unix_socket = server_.socket()});
  ASSERT_TRUE(other.Run({"SET", "{cy510000}2:applied", "5"}).ok());
  One(Request(1));
  ASSERT_TRUE(tracker_->Reset().ok());
  EXPECT_FALSE((*tracker_->Get(Id(1))).has_value());
  EXPECT_EQ(*other.Run({"GET", "{cy510000}2:applied"})->text(), "5");
  // Interrupted before anything was deleted: the next Open ends it.
  One(Request(1));
  ASSERT_TRUE(other.Run({"SET", "{cy500000}2:resetting", "1"}).ok());
  Open();
  EXPECT_FALSE((*tracker_->Get(Id(1))).has_value());
}

}  // namespace
}  // namespace chuanyu::exchange
