#include "common/base/uuid.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace chuanyu {
namespace {

constexpr uint32_t kCounterLimit = 1u << 12;

// Both halves in hex with the dashes of RFC 9562 §4.
std::string Format(uint64_t high, uint64_t low) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text(36, '-');
  size_t at = 0;
  for (int nibble = 31; nibble >= 0; --nibble) {
    if (at == 8 || at == 13 || at == 18 || at == 23) ++at;
    const uint64_t half = nibble >= 16 ? high : low;
    text[at++] = kHex[(half >> (4 * (nibble % 16))) & 0xf];
  }
  return text;
}

}  // namespace

std::string UuidV7Generator::Next(int64_t unix_ms) {
  MutexLock lock(mu_);
  const uint64_t random = Random();
  if (unix_ms > last_ms_) {
    last_ms_ = unix_ms;
    // Starts in the lower half, so that at least 2048 ids fit before the next millisecond is borrowed.
    counter_ = static_cast<uint32_t>(Random() % (kCounterLimit / 2));
  } else if (++counter_ == kCounterLimit) {
    ++last_ms_;
    counter_ = 0;
  }
  const uint64_t high = (static_cast<uint64_t>(last_ms_) << 16) | 0x7000u | counter_;
  const uint64_t low = (uint64_t{2} << 62) | (random >> 2);
  return Format(high, low);
}

uint64_t UuidV7Generator::Random() {
  if (pool_left_ == 0) {
    ssize_t got = 0;
    do {
      // 256 bytes at most would be uninterruptible; 512 may come short, which counts as failure to be
      // retried.
      got = getrandom(pool_, sizeof(pool_), 0);
    } while (got != static_cast<ssize_t>(sizeof(pool_)) && (got >= 0 || errno == EINTR));
    // Without randomness two processes could give one id to two requests: nothing sensible can follow.
    if (got != static_cast<ssize_t>(sizeof(pool_))) std::abort();
    pool_left_ = std::size(pool_);
  }
  return pool_[--pool_left_];
}

bool IsUuidV7(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return text[14] == '7' && (text[19] == '8' || text[19] == '9' || text[19] == 'a' || text[19] == 'b');
}

int64_t UuidV7Millis(std::string_view text) {
  if (!IsUuidV7(text)) return -1;
  int64_t ms = 0;
  for (size_t i = 0; i < 13; ++i) {
    if (i == 8) continue;
    const char c = text[i];
    ms = ms * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return ms;
}

}  // namespace chuanyu
