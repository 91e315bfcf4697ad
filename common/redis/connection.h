// One open connection to Redis. Private to this folder. Not thread-safe.
#pragma once

#include <hiredis/hiredis.h>

#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "common/redis/client.h"

namespace chuanyu::redis {

class RedisClient::Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const RedisOptions& options);

  // TRACKER_UNAVAILABLE leaves the connection unusable.
  absl::StatusOr<std::vector<Reply>> Pipeline(std::span<const Command> commands, int64_t timeout_ms);

  // Open, and nothing to read: between pipelines there is something only when Redis closed it.
  bool Quiet() const;

 private:
  struct Free {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  explicit Connection(redisContext* context) : context_(context) {}

  absl::Status Send(std::span<const Command> commands, int64_t deadline_ms);
  absl::StatusOr<Reply> ReadReply(int64_t deadline_ms);
  absl::Status WaitFor(short events, int64_t deadline_ms);

  const std::unique_ptr<redisContext, Free> context_;
};

}  // namespace chuanyu::redis
