// Server-side functions that come with a program: loaded when missing or older, never over newer ones.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "common/redis/client.h"

namespace chuanyu::redis {

struct FunctionLibrary {
  std::string name;      // [0-9A-Za-z_]+
  uint32_t version = 0;  // grows with every change of the code
  std::string body;      // Lua without the "#!lua" line, which EnsureLoaded writes with the version
};

// Loads the library unless this code is loaded already. CONFIG_INVALID when a newer version is loaded, which
// another, newer program uses, or when the code does not compile.
absl::Status EnsureLoaded(const RedisClient::Send& send, const FunctionLibrary& library);
absl::Status EnsureLoaded(RedisClient& client, const FunctionLibrary& library);

}  // namespace chuanyu::redis
