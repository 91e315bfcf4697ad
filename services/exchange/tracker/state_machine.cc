#include "services/exchange/tracker/state_machine.h"

#include <cstddef>

namespace chuanyu::exchange {
namespace {

template <typename T>
struct Named {
  T value;
  char code;
  std::string_view name;
};

constexpr std::array<Named<State>, 11> kStates = {{{State::kSubmitted, 'S', "SUBMITTED"},
                                                   {State::kDispatched, 'D', "DISPATCHED"},
                                                   {State::kRunning, 'R', "RUNNING"},
                                                   {State::kDeferred, 'F', "DEFERRED"},
                                                   {State::kAnswered, 'A', "ANSWERED"},
                                                   {State::kDelivered, 'V', "DELIVERED"},
                                                   {State::kRetryWait, 'W', "RETRY_WAIT"},
                                                   {State::kParked, 'P', "PARKED"},
                                                   {State::kCancelled, 'C', "CANCELLED"},
                                                   {State::kExpired, 'E', "EXPIRED"},
                                                   {State::kRejected, 'J', "REJECTED"}}};

constexpr std::array<Named<Event>, 12> kEvents = {{{Event::kSubmitted, 's', "SUBMITTED"},
                                                   {Event::kDispatched, 'd', "DISPATCHED"},
                                                   {Event::kLeased, 'l', "LEASED"},
                                                   {Event::kDeferred, 'f', "DEFERRED"},
                                                   {Event::kAnswered, 'a', "ANSWERED"},
                                                   {Event::kDelivered, 'v', "DELIVERED"},
                                                   {Event::kRetry, 'w', "RETRY"},
                                                   {Event::kParked, 'p', "PARKED"},
                                                   {Event::kReleased, 'r', "RELEASED"},
                                                   {Event::kCancelled, 'c', "CANCELLED"},
                                                   {Event::kExpired, 'e', "EXPIRED"},
                                                   {Event::kRejected, 'j', "REJECTED"}}};

// A set of states.
class States {
 public:
  template <typename... S>
  constexpr explicit States(S... states) : bits_(((1u << static_cast<unsigned>(states)) | ... | 0u)) {}
  constexpr bool Has(State state) const { return (bits_ >> static_cast<unsigned>(state) & 1u) != 0; }

 private:
  unsigned bits_;
};

constexpr States kNone{};
constexpr States kOpen(State::kSubmitted, State::kDispatched, State::kRunning, State::kDeferred,
                       State::kRetryWait, State::kParked);
constexpr States kAll(State::kSubmitted, State::kDispatched, State::kRunning, State::kDeferred,
                      State::kAnswered, State::kDelivered, State::kRetryWait, State::kParked,
                      State::kCancelled, State::kExpired, State::kRejected);

// One row of the table: `event` leads from the states `from` to `to`; in the states `already` it is known.
struct Row {
  Event event;
  bool out;  // may happen to requests of our region
  bool in;   // may happen to requests that our region answers
  States from;
  State to;
  States already;
};

constexpr std::array<Row, 12> kTable = {{
    {Event::kSubmitted, true, true, kNone, State::kSubmitted, kAll},
    {Event::kDispatched, true, false, States(State::kSubmitted), State::kDispatched, kAll},
    // From kRunning too: the lease of a worker that died has ended.
    {Event::kLeased, false, true, States(State::kSubmitted, State::kRetryWait, State::kRunning),
     State::kRunning, kNone},
    {Event::kDeferred, false, true, States(State::kRunning), State::kDeferred,
     States(State::kDeferred, State::kAnswered, State::kDelivered)},
    {Event::kAnswered, true, true, kOpen, State::kAnswered, States(State::kAnswered, State::kDelivered)},
    // A refusal is a record that travels like an answer, so its arrival is no news.
    {Event::kDelivered, true, true, States(State::kAnswered), State::kDelivered,
     States(State::kDelivered, State::kRejected)},
    {Event::kRetry, false, true, States(State::kRunning), State::kRetryWait, States(State::kRetryWait)},
    {Event::kParked, false, true,
     States(State::kSubmitted, State::kRunning, State::kDeferred, State::kRetryWait), State::kParked,
     States(State::kParked)},
    {Event::kReleased, false, true, States(State::kParked, State::kRetryWait), State::kSubmitted,
     States(State::kSubmitted)},
    {Event::kCancelled, true, true, kOpen, State::kCancelled, States(State::kCancelled)},
    {Event::kExpired, true, true, kOpen, State::kExpired, States(State::kExpired)},
    {Event::kRejected, true, true, kOpen, State::kRejected, States(State::kRejected)},
}};

}  // namespace

Step Next(Direction direction, State state, Event event) {
  for (const Row& row : kTable) {
    if (row.event != event) continue;
    if (!(direction == Direction::kOut ? row.out : row.in)) break;
    if (row.from.Has(state)) return {Verdict::kApplies, row.to};
    if (row.already.Has(state)) return {Verdict::kAlready, state};
  }
  return {Verdict::kBadState, state};
}

bool IsTerminal(State state) {
  return state == State::kDelivered || state == State::kCancelled || state == State::kExpired ||
         state == State::kRejected;
}

bool IsOpen(State state) { return kOpen.Has(state); }

std::string_view StateName(State state) { return kStates[static_cast<size_t>(state)].name; }
std::string_view EventName(Event event) { return kEvents[static_cast<size_t>(event)].name; }
char StateCode(State state) { return kStates[static_cast<size_t>(state)].code; }
char EventCode(Event event) { return kEvents[static_cast<size_t>(event)].code; }
char DirectionCode(Direction direction) { return direction == Direction::kOut ? 'o' : 'i'; }

std::optional<State> StateOf(char code) {
  for (const auto& row : kStates) {
    if (row.code == code) return row.value;
  }
  return std::nullopt;
}

std::optional<Event> EventOf(char code) {
  for (const auto& row : kEvents) {
    if (row.code == code) return row.value;
  }
  return std::nullopt;
}

std::optional<Direction> DirectionOf(char code) {
  if (code == 'o') return Direction::kOut;
  if (code == 'i') return Direction::kIn;
  return std::nullopt;
}

}  // namespace chuanyu::exchange
