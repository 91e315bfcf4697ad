#include "common/redis/server_check.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::redis {
namespace {

absl::Status Unfit(const char* what) { return MakeError(Reason::CONFIG_INVALID, {.detail = what}); }

// The value of "name:value" in the text of INFO.
std::optional<std::string> Field(std::string_view info, const std::string& name) {
  const std::string key = "\n" + name + ":";
  const std::string text = "\n" + std::string(info);
  const size_t at = text.find(key);
  if (at == std::string::npos) return std::nullopt;
  const size_t begin = at + key.size();
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

}  // namespace

absl::Status CheckServerInfo(std::string_view info, ServerProfile profile) {
  // While Redis reads its log after a restart it answers INFO all the same, and says aof_enabled:0.
  if (Field(info, "loading") == "1") {
    return MakeError(Reason::TRACKER_UNAVAILABLE, {.detail = "Redis is reading its data"});
  }
  const std::optional<std::string> version = Field(info, "redis_version");
  if (!version || std::atoi(version->c_str()) < 7) return Unfit("Redis 7.0 or newer is needed");
  if (Field(info, "role") != "master") return Unfit("Redis is a replica; name its primary");
  if (Field(info, "maxmemory_policy") != "noeviction") {
    return Unfit("Redis drops data when memory is short; set maxmemory-policy noeviction");
  }
  if (profile == ServerProfile::kLedger && Field(info, "aof_enabled") != "1") {
    return Unfit("Redis forgets on restart; set appendonly yes");
  }
  return absl::OkStatus();
}

absl::Status CheckServer(const RedisClient::Send& send, ServerProfile profile) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Reply> replies, send(std::vector<Command>{{"INFO"}}));
  CHUANYU_RETURN_IF_ERROR(StatusOf(replies.front()));
  const std::string* const info = replies.front().text();
  if (info == nullptr) return UnexpectedReply("INFO");
  return CheckServerInfo(*info, profile);
}

absl::Status CheckServer(RedisClient& client, ServerProfile profile) {
  return CheckServer([&](std::span<const Command> commands) { return client.Pipeline(commands); }, profile);
}

}  // namespace chuanyu::redis
