// Random histories against the functions in Redis and against state_machine.h: both must say the same.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "common/redis/test_server.h"
#include "services/exchange/tracker/tracker.h"

namespace chuanyu::exchange {
namespace {

struct Model {
  Direction direction = Direction::kOut;
  State state = State::kSubmitted;
  uint32_t attempt = 0;
  uint64_t token = 0;
};

std::string Id(unsigned n) {
  char text[40];
  std::snprintf(text, sizeof text, "0197e2a4-0000-7000-8000-%012u", n);
  return text;
}

TrackResult Expected(const Model& model, const Transition& transition) {
  const Step step = Next(model.direction, model.state, transition.event);
  if (step.verdict == Verdict::kBadState) return {TrackOutcome::kBadState, model.state, model.attempt};
  if (step.verdict == Verdict::kAlready) return {TrackOutcome::kAlready, model.state, model.attempt};
  if (transition.fence && (model.state != State::kRunning || transition.fence->attempt != model.attempt ||
                           transition.fence->token != model.token)) {
    return {TrackOutcome::kStaleFence, model.state, model.attempt};
  }
  return {TrackOutcome::kApplied, step.state, transition.event == Event::kReleased ? 0 : model.attempt};
}

class Walk {
 public:
  Walk(Tracker& tracker, unsigned seed) : tracker_(tracker), random_(seed) {}

  void Create() {
    for (unsigned n = 0; n < 8; ++n) {
      const Direction direction = n % 2 == 0 ? Direction::kOut : Direction::kIn;
      models_[n].direction = direction;
      const NewRequest request{.request_id = Id(n),
                               .direction = direction,
                               .caller = "500000/a/b",
                               .peer_region = "510000",
                               .operation = "/p.S/M",
                               .at_ms = ++now_ms_,
                               .deadline_ms = now_ms_ + 1'000'000,
                               .location = "1:2:3"};
      const auto results = tracker_.Record(std::span<const NewRequest>(&request, 1));
      ASSERT_TRUE(results.ok()) << results.status();
      ASSERT_EQ(results->front().outcome, TrackOutcome::kCreated);
    }
  }

  void Step() {
    ++now_ms_;
    if (Pick(4) == 0) return LeaseOne();
    const unsigned n = Pick(8);
    Model& model = models_[n];
    Transition transition{
        .request_id = Id(n), .event = kAllEvents[Pick(kAllEvents.size())], .at_ms = now_ms_};
    if (transition.event == Event::kSubmitted || transition.event == Event::kLeased) return;
    if (Pick(3) == 0) transition.fence = Fence{model.attempt + (Pick(3) == 0 ? 1 : 0), model.token + Pick(2)};
    if (transition.event == Event::kRetry) transition.due_ms = now_ms_ + Pick(5);
    const TrackResult expected = Expected(model, transition);
    const auto results = tracker_.Apply(std::span<const Transition>(&transition, 1));
    ASSERT_TRUE(results.ok()) << results.status();
    const TrackResult& got = results->front();
    ASSERT_EQ(got.outcome, expected.outcome) << StateName(model.state) << " " << EventName(transition.event);
    ASSERT_EQ(got.state, expected.state);
    ASSERT_EQ(got.attempt, expected.attempt);
    model.state = got.state;
    model.attempt = got.attempt;
  }

  void CheckEverything() {
    std::map<std::pair<Direction, State>, uint64_t> expected;
    for (const auto& [n, model] : models_) {
      ++expected[{model.direction, model.state}];
      const auto known = tracker_.Get(Id(n));
      ASSERT_TRUE(known.ok() && known->has_value());
      EXPECT_EQ((*known)->state, model.state);
      EXPECT_EQ((*known)->attempts, model.attempt);
      EXPECT_LE((*known)->timeline.size(), 36u);
    }
    const auto counts = tracker_.Counts();
    ASSERT_TRUE(counts.ok());
    std::map<std::pair<Direction, State>, uint64_t> got;
    for (const StateCount& count : *counts) got[{count.direction, count.state}] = count.count;
    EXPECT_EQ(got, expected);
    const auto due = tracker_.ExpireDue(now_ms_ + 10'000'000, 100);
    ASSERT_TRUE(due.ok());
    size_t open = 0;
    for (const auto& [n, model] : models_) open += IsOpen(model.state) ? 1 : 0;
    EXPECT_EQ(due->size(), open);
  }

 private:
  unsigned Pick(size_t n) {
    return std::uniform_int_distribution<unsigned>(0, static_cast<unsigned>(n) - 1)(random_);
  }

  void LeaseOne() {
    const uint64_t token = 1 + Pick(3);
    const auto leased = tracker_.Lease({.worker = "w", .token = token, .lease_ms = 1 + Pick(5)}, 1, now_ms_);
    ASSERT_TRUE(leased.ok()) << leased.status();
    if (leased->empty()) return;
    Model& model = models_[static_cast<unsigned>(std::stoul(leased->front().request_id.substr(24)))];
    ASSERT_EQ(model.direction, Direction::kIn);
    ASSERT_EQ(Next(Direction::kIn, model.state, Event::kLeased).verdict, Verdict::kApplies)
        << StateName(model.state);
    model.state = State::kRunning;
    model.attempt += 1;
    model.token = token;
    ASSERT_EQ(leased->front().attempt, model.attempt);
  }

  Tracker& tracker_;
  std::mt19937 random_;
  int64_t now_ms_ = 1'700'000'000'000;
  std::map<unsigned, Model> models_;
};

TEST(TrackerHistories, RedisAndTheTableAgree) {
  redis::TestRedis server({"appendfsync no"});
  const unsigned first_seed = std::random_device()();
  for (unsigned seed = first_seed; seed < first_seed + 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    auto tracker = Tracker::Open({.redis = {.unix_socket = server.socket()}, .shard = "t"});
    ASSERT_TRUE(tracker.ok()) << tracker.status();
    ASSERT_TRUE((*tracker)->Reset().ok());
    Walk walk(**tracker, seed);
    walk.Create();
    for (int i = 0; i < 150 && !testing::Test::HasFatalFailure(); ++i) walk.Step();
    if (testing::Test::HasFatalFailure()) return;
    walk.CheckEverything();
  }
}

}  // namespace
}  // namespace chuanyu::exchange
