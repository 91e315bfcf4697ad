#include "common/redis/client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/redis/connection.h"

namespace chuanyu::redis {
namespace {

// The first word of a Redis error ("OOM", "READONLY", "ERR"): the rest may repeat arguments.
std::string ErrorCode(const RedisError& error) { return error.text.substr(0, error.text.find(' ')); }

}  // namespace

absl::Status StatusOf(const Reply& reply) {
  const RedisError* const error = reply.error();
  if (error == nullptr) return absl::OkStatus();
  return MakeError(Reason::TRACKER_UNAVAILABLE, {.detail = absl::StrCat("Redis: ", ErrorCode(*error))});
}

absl::Status UnexpectedReply(std::string_view what) {
  return MakeError(Reason::TRACKER_UNAVAILABLE, {.detail = "unexpected reply to " + std::string(what)});
}

RedisClient::RedisClient(RedisOptions options, OnConnect on_connect)
    : options_(std::move(options)), on_connect_(std::move(on_connect)) {}

RedisClient::~RedisClient() = default;

absl::Status RedisClient::Connect() {
  CHUANYU_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Connection::Open(options_));
  const Send send = [&](std::span<const Command> commands) {
    return connection->Pipeline(commands, options_.timeout_ms);
  };
  if (!options_.password.empty()) {
    Command auth = {"AUTH"};
    if (!options_.user.empty()) auth.push_back(options_.user);
    auth.push_back(options_.password);
    CHUANYU_ASSIGN_OR_RETURN(const std::vector<Reply> replies, send(std::vector<Command>{auth}));
    CHUANYU_RETURN_IF_ERROR(StatusOf(replies.front()));
  }
  if (on_connect_ != nullptr) CHUANYU_RETURN_IF_ERROR(on_connect_(send));
  connection_ = std::move(connection);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Reply>> RedisClient::Pipeline(std::span<const Command> commands) {
  MutexLock lock(mu_);
  if (connection_ == nullptr) CHUANYU_RETURN_IF_ERROR(Connect());
  absl::StatusOr<std::vector<Reply>> replies = connection_->Pipeline(commands, options_.timeout_ms);
  // What is still on its way would be taken for the replies of the next pipeline.
  if (!replies.ok()) connection_.reset();
  return replies;
}

absl::Status RedisClient::Reachable() {
  MutexLock lock(mu_);
  if (connection_ != nullptr && !connection_->Quiet()) connection_.reset();
  return connection_ != nullptr ? absl::OkStatus() : Connect();
}

absl::StatusOr<Reply> RedisClient::Run(const Command& command) {
  CHUANYU_ASSIGN_OR_RETURN(std::vector<Reply> replies, Pipeline(std::span<const Command>(&command, 1)));
  CHUANYU_RETURN_IF_ERROR(StatusOf(replies.front()));
  return std::move(replies.front());
}

}  // namespace chuanyu::redis
