// The table of request states, read row by row, and what holds for every cell of it.
#include "services/exchange/tracker/state_machine.h"

#include <gtest/gtest.h>

#include <set>

namespace chuanyu::exchange {
namespace {

constexpr Direction kBoth[] = {Direction::kOut, Direction::kIn};

TEST(StateMachine, WalksTheWayOfARequestThatWeAsk) {
  State state = State::kSubmitted;
  for (const auto& [event, expected] :
       {std::pair{Event::kDispatched, State::kDispatched}, std::pair{Event::kAnswered, State::kAnswered},
        std::pair{Event::kDelivered, State::kDelivered}}) {
    const Step step = Next(Direction::kOut, state, event);
    ASSERT_EQ(step.verdict, Verdict::kApplies);
    state = step.state;
    ASSERT_EQ(state, expected);
    EXPECT_EQ(Next(Direction::kOut, state, event).verdict, Verdict::kAlready) << EventName(event);
  }
}

TEST(StateMachine, WalksTheWayOfARequestThatWeAnswer) {
  State state = State::kSubmitted;
  for (const auto& [event, expected] :
       {std::pair{Event::kLeased, State::kRunning}, std::pair{Event::kRetry, State::kRetryWait},
        std::pair{Event::kLeased, State::kRunning}, std::pair{Event::kLeased, State::kRunning},
        std::pair{Event::kDeferred, State::kDeferred}, std::pair{Event::kParked, State::kParked},
        std::pair{Event::kReleased, State::kSubmitted}, std::pair{Event::kLeased, State::kRunning},
        std::pair{Event::kAnswered, State::kAnswered}, std::pair{Event::kDelivered, State::kDelivered}}) {
    const Step step = Next(Direction::kIn, state, event);
    ASSERT_EQ(step.verdict, Verdict::kApplies) << StateName(state) << " " << EventName(event);
    state = step.state;
    ASSERT_EQ(state, expected);
  }
}

TEST(StateMachine, AcceptsAnAnswerAndAnEndFromEveryOpenStateAndFromNoOther) {
  for (const Direction direction : kBoth) {
    for (const State state : kAllStates) {
      for (const Event event : {Event::kAnswered, Event::kCancelled, Event::kExpired, Event::kRejected}) {
        EXPECT_EQ(Next(direction, state, event).verdict == Verdict::kApplies, IsOpen(state))
            << StateName(state) << " " << EventName(event);
      }
    }
  }
}

TEST(StateMachine, LeavesATerminalStateNeverAndAnAnswerOnlyByDelivery) {
  for (const Direction direction : kBoth) {
    for (const State state : kAllStates) {
      for (const Event event : kAllEvents) {
        const Step step = Next(direction, state, event);
        const bool stays = IsTerminal(state) || (state == State::kAnswered && event != Event::kDelivered);
        if (stays) {
          EXPECT_NE(step.verdict, Verdict::kApplies);
        }
        if (step.verdict != Verdict::kApplies) {
          EXPECT_EQ(step.state, state);
        }
      }
    }
  }
}

TEST(StateMachine, KeepsWorkersAwayFromWhatWeAskAndPeersFromWhatWeAnswer) {
  for (const State state : kAllStates) {
    for (const Event event :
         {Event::kLeased, Event::kDeferred, Event::kRetry, Event::kParked, Event::kReleased}) {
      EXPECT_EQ(Next(Direction::kOut, state, event).verdict, Verdict::kBadState);
    }
    EXPECT_EQ(Next(Direction::kIn, state, Event::kDispatched).verdict, Verdict::kBadState);
  }
}

TEST(StateMachine, CodesAreUniqueAndReadBack) {
  std::set<char> codes;
  for (const State state : kAllStates) {
    EXPECT_TRUE(codes.insert(StateCode(state)).second);
    EXPECT_EQ(StateOf(StateCode(state)), state);
  }
  codes.clear();
  for (const Event event : kAllEvents) {
    EXPECT_TRUE(codes.insert(EventCode(event)).second);
    EXPECT_EQ(EventOf(EventCode(event)), event);
  }
  EXPECT_FALSE(StateOf('?'));
  EXPECT_FALSE(DirectionOf('?'));
}

}  // namespace
}  // namespace chuanyu::exchange
