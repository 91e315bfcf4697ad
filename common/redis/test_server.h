// A real Redis server of a test's own: on a Unix socket in a temporary folder, configured as a node demands
// it (AOF, fsync always, no eviction). Goes away with the object. Aborts the test program when it cannot
// start.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace chuanyu::redis {

class TestRedis {
 public:
  // `more` are lines of redis.conf that override the defaults, e.g. "maxmemory-policy allkeys-lru".
  explicit TestRedis(std::vector<std::string> more = {});
  ~TestRedis();
  TestRedis(const TestRedis&) = delete;
  TestRedis& operator=(const TestRedis&) = delete;

  const std::string& socket() const { return socket_; }
  const std::string& folder() const { return folder_; }
  pid_t pid() const { return pid_; }

  // Kills the server with SIGKILL; its data folder stays.
  void Stop();
  // Starts it again on the same data; returns when it answers.
  void Start();

 private:
  std::string folder_;
  std::string socket_;
  pid_t pid_ = 0;
};

}  // namespace chuanyu::redis
