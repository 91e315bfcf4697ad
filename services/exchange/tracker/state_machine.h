// Which event moves a request from which state to which: the one table of request states (docs: architecture
// §5). tracker_apply.lua is given this very table when it is loaded. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace chuanyu::exchange {

// kOut: our region asked. kIn: our region answers.
enum class Direction : uint8_t { kOut, kIn };

// Where a request stands.
enum class State : uint8_t {
  kSubmitted,   // durable here; kOut: the peer has not acknowledged it; kIn: no attempt was made yet
  kDispatched,  // kOut: the peer has it
  kRunning,     // kIn: a worker calls the provider under a lease
  kDeferred,    // kIn: the provider will answer later
  kAnswered,   // there is an answer; kOut: not stored by the asker yet; kIn: not acknowledged by the peer yet
  kDelivered,  // terminal
  kRetryWait,  // kIn: waits for its next attempt
  kParked,     // kIn: waits for a person
  kCancelled,  // withdrawn before an answer; terminal
  kExpired,    // the deadline passed without an answer; terminal
  kRejected,   // refused by the answering region; terminal
};
inline constexpr std::array<State, 11> kAllStates = {State::kSubmitted, State::kDispatched, State::kRunning,
                                                     State::kDeferred,  State::kAnswered,   State::kDelivered,
                                                     State::kRetryWait, State::kParked,     State::kCancelled,
                                                     State::kExpired,   State::kRejected};

// What happened to a request.
enum class Event : uint8_t {
  kSubmitted,   // it was recorded; only NewRequest brings it
  kDispatched,  // kOut: the peer acknowledged it
  kLeased,      // kIn: a worker took it; only Lease and NewRequest::lease_for bring it
  kDeferred,    // kIn: the provider said that it will answer later
  kAnswered,    // the answer is durable
  kDelivered,   // kOut: the asker stored the answer; kIn: the peer acknowledged it
  kRetry,       // kIn: an attempt failed in a way that may pass
  kParked,      // kIn: the attempts are used up, or an operator stopped it
  kReleased,    // kIn: an operator lets a parked or waiting request run again, with fresh attempts
  kCancelled,   // the asker withdrew it
  kExpired,     // the deadline passed
  kRejected,    // the answering region refused it
};
inline constexpr std::array<Event, 12> kAllEvents = {Event::kSubmitted, Event::kDispatched, Event::kLeased,
                                                     Event::kDeferred,  Event::kAnswered,   Event::kDelivered,
                                                     Event::kRetry,     Event::kParked,     Event::kReleased,
                                                     Event::kCancelled, Event::kExpired,    Event::kRejected};

// What an event does.
enum class Verdict : uint8_t {
  kApplies,   // the request is in `state` afterwards
  kAlready,   // it happened before, or a later step implies it; nothing changes
  kBadState,  // not from here; nothing changes
};

struct Step {
  Verdict verdict = Verdict::kBadState;
  State state = State::kSubmitted;  // afterwards; the same as before unless kApplies
};

// What `event` does to a request in `state`. An answer, a parking and an end are accepted from every state
// that has no answer yet, also without a lease: they are records of the journal, which is the truth, and a
// rebuild replays them without the leases between. A request with an answer can only be delivered.
Step Next(Direction direction, State state, Event event);

// True for kDelivered, kCancelled, kExpired and kRejected.
bool IsTerminal(State state);
// True when the absolute deadline still matters: there is neither an answer nor an end.
bool IsOpen(State state);

// "SUBMITTED", "RETRY_WAIT", ... as in the protocol's RequestState without its prefix.
std::string_view StateName(State state);
// "SUBMITTED", "LEASED", "RETRY", ... as in the protocol's TimelineEvent.event.
std::string_view EventName(Event event);

// One letter a state and event: how tracker_apply.lua and the Redis keys call them.
char StateCode(State state);
char EventCode(Event event);
char DirectionCode(Direction direction);
std::optional<State> StateOf(char code);
std::optional<Event> EventOf(char code);
std::optional<Direction> DirectionOf(char code);

}  // namespace chuanyu::exchange
