#include "common/redis/test_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "common/redis/client.h"

extern char** environ;

namespace chuanyu::redis {
namespace {

[[noreturn]] void Die(const char* what) {
  std::fprintf(stderr, "TestRedis: %s\n", what);
  std::abort();
}

}  // namespace

TestRedis::TestRedis(std::vector<std::string> more) {
  char name[] = "/tmp/cy-redis-XXXXXX";
  if (mkdtemp(name) == nullptr) Die("no temporary folder");
  folder_ = name;
  socket_ = folder_ + "/redis.sock";
  std::ofstream conf(folder_ + "/redis.conf");
  conf << "port 0\nunixsocket " << socket_ << "\ndir " << folder_
       << "\nsave \"\"\nappendonly yes\nappendfsync always\nmaxmemory-policy noeviction\nlogfile " << folder_
       << "/redis.log\n";
  for (const std::string& line : more) conf << line << "\n";
  conf.close();
  Start();
}

TestRedis::~TestRedis() {
  Stop();
  std::filesystem::remove_all(folder_);
}

void TestRedis::Start() {
  const std::string conf = folder_ + "/redis.conf";
  char program[] = "redis-server";
  char* const arguments[] = {program, const_cast<char*>(conf.c_str()), nullptr};
  if (posix_spawnp(&pid_, program, nullptr, nullptr, arguments, environ) != 0)
    Die("redis-server is not installed");
  RedisClient client({.unix_socket = socket_});
  for (int i = 0; i < 1000; ++i) {
    const auto reply = client.Run({"PING"});
    if (reply.ok()) return;
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) Die("redis-server ended at once");
    poll(nullptr, 0, 10);
  }
  Die("redis-server does not answer");
}

void TestRedis::Stop() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
  unlink(socket_.c_str());
}

}  // namespace chuanyu::redis
