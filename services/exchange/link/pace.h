// When the link sends the next frame. A frame costs four SM2 operations between the two nodes whatever it
// holds, so it pays to send few: as Nagle's rule (RFC 896), one that is alone goes at once, and what comes
// while a frame is on its way waits for its acknowledgement. What the peer needs only as witness may wait a
// moment longer. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chuanyu::exchange {

struct Pace {
  uint64_t full_leaves = 4'096;
  size_t full_bytes = 256u << 10;
  int64_t linger_ms = 200;  // of leaves that travel as their hash alone
  // After a frame of so many leaves the next one comes no sooner than this: a busy link has enough to wait
  // for.
  uint64_t busy_leaves = 64;
  int64_t busy_gap_ms = 10;
};

// The frame before.
struct LastFrame {
  uint64_t leaves = 0;
  int64_t ago_ms = 0;
};

// What is durable and not sent.
struct Unsent {
  uint64_t leaves = 0;
  size_t bytes = 0;
  bool addressed = false;  // one of them at least is meant for this peer
  int64_t waited_ms = 0;   // the oldest of them
};

bool SendNow(const Unsent& unsent, size_t frames_on_way, const LastFrame& last, const Pace& pace);

}  // namespace chuanyu::exchange
