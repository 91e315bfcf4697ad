#include "common/redis/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::redis {
namespace {

absl::Status Lost(const char* what) { return MakeError(Reason::TRACKER_UNAVAILABLE, {.detail = what}); }

// Waiting must not depend on the wall clock, which may be set while we wait.
int64_t MonotonicMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// One command in the protocol's form: an array of bulk strings.
void AppendCommand(const Command& command, std::string& out) {
  out += '*';
  out += std::to_string(command.size());
  out += "\r\n";
  for (const std::string& argument : command) {
    out += '$';
    out += std::to_string(argument.size());
    out += "\r\n";
    out += argument;
    out += "\r\n";
  }
}

Reply ToReply(const redisReply& raw) {
  switch (raw.type) {
    case REDIS_REPLY_INTEGER:
      return {static_cast<int64_t>(raw.integer)};
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return {std::string(raw.str, raw.len)};
    case REDIS_REPLY_ERROR:
      return {RedisError{std::string(raw.str, raw.len)}};
    case REDIS_REPLY_ARRAY: {
      std::vector<Reply> elements;
      elements.reserve(raw.elements);
      for (size_t i = 0; i < raw.elements; ++i) elements.push_back(ToReply(*raw.element[i]));
      return {std::move(elements)};
    }
    default:
      return {std::monostate()};
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<RedisClient::Connection>> RedisClient::Connection::Open(
    const RedisOptions& options) {
  const timeval timeout{options.connect_timeout_ms / 1000, (options.connect_timeout_ms % 1000) * 1000};
  redisContext* raw = options.unix_socket.empty()
                          ? redisConnectWithTimeout(options.host.c_str(), options.port, timeout)
                          : redisConnectUnixWithTimeout(options.unix_socket.c_str(), timeout);
  if (raw == nullptr) return Lost("out of memory");
  std::unique_ptr<Connection> connection(new Connection(raw));
  if (raw->err != 0) return Lost("cannot connect to Redis");
  // From here on we wait with poll, so that one deadline covers a whole pipeline.
  const int flags = fcntl(raw->fd, F_GETFL);
  if (flags < 0 || fcntl(raw->fd, F_SETFL, flags | O_NONBLOCK) != 0)
    return Lost("cannot set up the connection");
  return connection;
}

absl::Status RedisClient::Connection::WaitFor(short events, int64_t deadline_ms) {
  while (true) {
    const int64_t left_ms = deadline_ms - MonotonicMs();
    if (left_ms <= 0) return Lost("Redis did not answer in time");
    pollfd entry{context_->fd, events, 0};
    const int ready = poll(&entry, 1, static_cast<int>(std::min<int64_t>(left_ms, 60'000)));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return Lost("poll failed");
  }
}

bool RedisClient::Connection::Quiet() const {
  pollfd entry{context_->fd, POLLIN, 0};
  return poll(&entry, 1, 0) == 0;
}

// Redis reads all it gets but stops reading while its replies to us are stuck, so replies are drained into
// hiredis's reader while we send.
absl::Status RedisClient::Connection::Send(std::span<const Command> commands, int64_t deadline_ms) {
  std::string out;
  for (const Command& command : commands) AppendCommand(command, out);
  std::string_view left = out;
  while (!left.empty()) {
    const ssize_t sent = send(context_->fd, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      left.remove_prefix(static_cast<size_t>(sent));
      continue;
    }
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return Lost("the connection to Redis broke");
    CHUANYU_RETURN_IF_ERROR(WaitFor(POLLOUT | POLLIN, deadline_ms));
    if (redisBufferRead(context_.get()) != REDIS_OK) return Lost("the connection to Redis broke");
  }
  return absl::OkStatus();
}

absl::StatusOr<Reply> RedisClient::Connection::ReadReply(int64_t deadline_ms) {
  while (true) {
    void* raw = nullptr;
    if (redisGetReplyFromReader(context_.get(), &raw) != REDIS_OK) return Lost("Redis answered nonsense");
    if (raw != nullptr) {
      Reply reply = ToReply(*static_cast<redisReply*>(raw));
      freeReplyObject(raw);
      return reply;
    }
    CHUANYU_RETURN_IF_ERROR(WaitFor(POLLIN, deadline_ms));
    if (redisBufferRead(context_.get()) != REDIS_OK) return Lost("the connection to Redis broke");
  }
}

absl::StatusOr<std::vector<Reply>> RedisClient::Connection::Pipeline(std::span<const Command> commands,
                                                                     int64_t timeout_ms) {
  const int64_t deadline_ms = MonotonicMs() + timeout_ms;
  CHUANYU_RETURN_IF_ERROR(Send(commands, deadline_ms));
  std::vector<Reply> replies;
  replies.reserve(commands.size());
  for (size_t i = 0; i < commands.size(); ++i) {
    CHUANYU_ASSIGN_OR_RETURN(Reply reply, ReadReply(deadline_ms));
    replies.push_back(std::move(reply));
  }
  return replies;
}

}  // namespace chuanyu::redis
