// A pipelined, blocking Redis client over hiredis's parser.
//
//   RedisClient client({.unix_socket = "/run/chuanyu/redis.sock"});
//   auto replies = client.Pipeline(std::vector<Command>{{"PING"}, {"ZCARD", key}});
//
// Connects at first use and again at the next use after any failure. After a failure the commands may or may
// not have been executed: only idempotent ones are safe to repeat.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"

namespace chuanyu::redis {

// One command: its name and arguments, binary safe.
using Command = std::vector<std::string>;

// An error that Redis returned for one command, e.g. "OOM command not allowed ...".
struct RedisError {
  std::string text;
};

// What Redis returned for one command (RESP2; a status is a string).
struct Reply {
  std::variant<std::monostate, int64_t, std::string, std::vector<Reply>, RedisError> value;

  bool is_nil() const { return std::holds_alternative<std::monostate>(value); }
  const int64_t* integer() const { return std::get_if<int64_t>(&value); }
  const std::string* text() const { return std::get_if<std::string>(&value); }
  const std::vector<Reply>* array() const { return std::get_if<std::vector<Reply>>(&value); }
  const RedisError* error() const { return std::get_if<RedisError>(&value); }
};

// OK unless the reply is an error: then TRACKER_UNAVAILABLE with Redis's text.
absl::Status StatusOf(const Reply& reply);
// TRACKER_UNAVAILABLE: Redis answered something that `what` never answers.
absl::Status UnexpectedReply(std::string_view what);

struct RedisOptions {
  std::string unix_socket;  // used when not empty, otherwise host and port
  std::string host = "127.0.0.1";
  uint16_t port = 6379;
  std::string user;      // ACL user; empty for the default one
  std::string password;  // no AUTH when empty
  int64_t connect_timeout_ms = 1'000;
  // For a whole pipeline, sending included. 5 s: an fsync of a loaded disk takes longer than one would like.
  int64_t timeout_ms = 5'000;
};

// Thread-safe; one pipeline at a time.
class RedisClient {
 public:
  // Sends commands on the connection that is being opened.
  using Send = std::function<absl::StatusOr<std::vector<Reply>>(std::span<const Command>)>;
  // Called after every connect and AUTH, before anything else is sent. An error closes the connection and is
  // what the caller of Pipeline gets.
  using OnConnect = std::function<absl::Status(const Send&)>;

  explicit RedisClient(RedisOptions options, OnConnect on_connect = nullptr);
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  // Sends all commands at once and returns one reply each, in order; a reply may be a RedisError. Everything
  // else that goes wrong is TRACKER_UNAVAILABLE and closes the connection.
  absl::StatusOr<std::vector<Reply>> Pipeline(std::span<const Command> commands) ABSL_LOCKS_EXCLUDED(mu_);
  // A pipeline of one whose RedisError becomes a status (StatusOf).
  absl::StatusOr<Reply> Run(const Command& command) ABSL_LOCKS_EXCLUDED(mu_);
  // OK when the connection is open as far as this machine knows; opens it when it is not. Sends nothing on an
  // open one, so it costs a microsecond; a Redis that hangs shows with the next command only.
  absl::Status Reachable() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  class Connection;

  absl::Status Connect() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const RedisOptions options_;
  const OnConnect on_connect_;
  Mutex mu_;
  std::unique_ptr<Connection> connection_ ABSL_GUARDED_BY(mu_);
};

}  // namespace chuanyu::redis
