#include "services/exchange/intake/recent_ids.h"

#include <algorithm>
#include <utility>

#include "common/base/uuid.h"

namespace chuanyu::exchange {
namespace {

int Nibble(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

// The 31 hex digits beside the version, in 16 bytes.
std::string Packed(std::string_view request_id) {
  std::string packed;
  int high = -1;
  for (size_t i = 0; i < request_id.size(); ++i) {
    if (request_id[i] == '-' || i == 14) continue;
    if (high < 0) {
      high = Nibble(request_id[i]);
    } else {
      packed.push_back(static_cast<char>(high << 4 | Nibble(request_id[i])));
      high = -1;
    }
  }
  if (high >= 0) packed.push_back(static_cast<char>(high));
  return packed;
}

}  // namespace

bool RecentIds::MaybeUsed(std::string_view request_id) const {
  if (UuidV7Millis(request_id) < border_ms_) return true;
  const std::string key = Packed(request_id);
  return young_.contains(key) || old_.contains(key);
}

void RecentIds::Add(std::string_view request_id) {
  if (young_.size() >= generation_) {
    border_ms_ = std::max(border_ms_, old_newest_ms_ + 1);
    old_ = std::exchange(young_, {});
    old_newest_ms_ = std::exchange(young_newest_ms_, 0);
  }
  young_newest_ms_ = std::max(young_newest_ms_, UuidV7Millis(request_id));
  young_.insert(Packed(request_id));
}

}  // namespace chuanyu::exchange
