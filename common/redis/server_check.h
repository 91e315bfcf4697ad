// Refuses a Redis server that could lose or drop what we store.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "common/redis/client.h"

namespace chuanyu::redis {

// What the data is for.
enum class ServerProfile {
  kLedger,  // must survive a restart: AOF is required
  kCache,   // may be lost with the process
};

// OK, or CONFIG_INVALID that says what to change: version under 7.0, a maxmemory-policy other than
// noeviction, a replica, AOF off in the ledger profile. TRACKER_UNAVAILABLE while the server cannot be asked
// or still reads its data after a restart.
absl::Status CheckServer(RedisClient& client, ServerProfile profile);
// The same on a connection that is being opened.
absl::Status CheckServer(const RedisClient::Send& send, ServerProfile profile);
// The rules alone, over the text of INFO.
absl::Status CheckServerInfo(std::string_view info, ServerProfile profile);

}  // namespace chuanyu::redis
