// Against a real server: what a client may rely on when things go well, and what it gets when they do not.
#include "common/redis/client.h"

#include <gtest/gtest.h>

#include <thread>

#include "common/errors/error.h"
#include "common/redis/function_library.h"
#include "common/redis/server_check.h"
#include "common/redis/test_server.h"

namespace chuanyu::redis {
namespace {

TEST(RedisClient, AnswersAPipelineInOrder) {
  TestRedis server;
  RedisClient client({.unix_socket = server.socket()});
  const auto replies = client.Pipeline(std::vector<Command>{
      {"SET", "k", std::string("a\0b\r\n", 5)}, {"GET", "k"}, {"GET", "none"}, {"INCR", "n"}, {"INCR", "k"}});
  ASSERT_TRUE(replies.ok()) << replies.status();
  EXPECT_EQ(*(*replies)[1].text(), std::string("a\0b\r\n", 5));
  EXPECT_TRUE((*replies)[2].is_nil());
  EXPECT_EQ(*(*replies)[3].integer(), 1);
  EXPECT_TRUE(HasReason(StatusOf((*replies)[4]), Reason::TRACKER_UNAVAILABLE));
}

TEST(RedisClient, CarriesAPipelineThatIsLargerThanAnySocketBuffer) {
  TestRedis server;
  RedisClient client({.unix_socket = server.socket()});
  const std::string large(64 * 1024, 'x');
  const std::vector<Command> commands(500, Command{"ECHO", large});
  const auto replies = client.Pipeline(commands);
  ASSERT_TRUE(replies.ok()) << replies.status();
  ASSERT_EQ(replies->size(), commands.size());
  for (const Reply& reply : *replies) ASSERT_EQ(*reply.text(), large);
}

TEST(RedisClient, FailsWhileTheServerIsAwayAndConnectsAgain) {
  TestRedis server;
  RedisClient client({.unix_socket = server.socket()});
  ASSERT_TRUE(client.Run({"SET", "k", "v"}).ok());
  server.Stop();
  EXPECT_TRUE(HasReason(client.Run({"GET", "k"}).status(), Reason::TRACKER_UNAVAILABLE));
  EXPECT_TRUE(HasReason(client.Run({"GET", "k"}).status(), Reason::TRACKER_UNAVAILABLE));
  server.Start();
  const auto reply = client.Run({"GET", "k"});
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(*reply->text(), "v") << "appendfsync always: what was acknowledged survives SIGKILL";
}

TEST(RedisClient, GivesUpAtTheDeadline) {
  TestRedis server;
  RedisClient client({.unix_socket = server.socket(), .timeout_ms = 50});
  EXPECT_TRUE(HasReason(client.Run({"BLPOP", "nothing", "0"}).status(), Reason::TRACKER_UNAVAILABLE));
  EXPECT_TRUE(client.Run({"PING"}).ok());
}

TEST(RedisClient, SendsThePassword) {
  TestRedis server;
  RedisClient admin({.unix_socket = server.socket()});
  ASSERT_TRUE(admin.Run({"CONFIG", "SET", "requirepass", "synthetic"}).ok());
  RedisClient right({.unix_socket = server.socket(), .password = "synthetic"});
  EXPECT_TRUE(right.Run({"PING"}).ok());
  RedisClient wrong({.unix_socket = server.socket(), .password = "other"});
  EXPECT_TRUE(HasReason(wrong.Run({"PING"}).status(), Reason::TRACKER_UNAVAILABLE));
}

TEST(RedisClient, IsNotConnectedUntilTheHookAgrees) {
  TestRedis server;
  int calls = 0;
  RedisClient client({.unix_socket = server.socket()}, [&](const RedisClient::Send& send) {
    EXPECT_TRUE(send(std::vector<Command>{{"PING"}}).ok());
    return ++calls == 1 ? MakeError(Reason::CONFIG_INVALID) : absl::OkStatus();
  });
  EXPECT_TRUE(HasReason(client.Run({"PING"}).status(), Reason::CONFIG_INVALID));
  EXPECT_TRUE(client.Run({"PING"}).ok());
  EXPECT_TRUE(client.Run({"PING"}).ok());
  EXPECT_EQ(calls, 2);
}

TEST(CheckServerInfo, NamesWhatIsUnfit) {
  const std::string good =
      "# Server\r\nredis_version:7.0.15\r\nrole:master\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n";
  EXPECT_TRUE(CheckServerInfo(good, ServerProfile::kLedger).ok());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string info = good;
    return info.replace(info.find(from), from.size(), to);
  };
  for (const auto& [info, word] : std::vector<std::pair<std::string, std::string>>{
           {with("7.0.15", "6.2.1"), "7.0"},
           {with("role:master", "role:slave"), "replica"},
           {with("noeviction", "allkeys-lru"), "noeviction"},
           {with("aof_enabled:1", "aof_enabled:0"), "appendonly"},
           {"", "7.0"}}) {
    const absl::Status status = CheckServerInfo(info, ServerProfile::kLedger);
    EXPECT_TRUE(HasReason(status, Reason::CONFIG_INVALID));
    EXPECT_NE(status.ToString().find(word), std::string::npos) << status;
  }
  EXPECT_TRUE(CheckServerInfo(with("aof_enabled:1", "aof_enabled:0"), ServerProfile::kCache).ok());
}

TEST(CheckServerInfo, ARestartThatIsNotDoneYetIsNoWrongConfiguration) {
  const std::string restarting =
      "# Server\r\nredis_version:7.0.15\r\nrole:master\r\nmaxmemory_policy:noeviction\r\n"
      "# Persistence\r\nloading:1\r\naof_enabled:0\r\n";
  for (const ServerProfile profile : {ServerProfile::kLedger, ServerProfile::kCache}) {
    EXPECT_TRUE(HasReason(CheckServerInfo(restarting, profile), Reason::TRACKER_UNAVAILABLE));
  }
}

TEST(CheckServer, AcceptsTheServerOfTheTestsAndRefusesAnEvictingOne) {
  TestRedis server;
  RedisClient client({.unix_socket = server.socket()});
  EXPECT_TRUE(CheckServer(client, ServerProfile::kLedger).ok());
  ASSERT_TRUE(client.Run({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"}).ok());
  EXPECT_TRUE(HasReason(CheckServer(client, ServerProfile::kLedger), Reason::CONFIG_INVALID));
}

TEST(EnsureLoaded, ReplacesOlderFunctionsAndLeavesNewerOnes) {
  TestRedis server;
  RedisClient client({.unix_socket = server.socket()});
  const auto library = [](uint32_t version, const std::string& answer) {
    return FunctionLibrary{"lib", version,
                           "redis.register_function('f', function() return '" + answer + "' end)"};
  };
  ASSERT_TRUE(EnsureLoaded(client, library(1, "one")).ok());
  ASSERT_TRUE(EnsureLoaded(client, library(1, "one")).ok());
  ASSERT_TRUE(EnsureLoaded(client, library(2, "two")).ok());
  EXPECT_EQ(*client.Run({"FCALL", "f", "0"})->text(), "two");
  EXPECT_TRUE(HasReason(EnsureLoaded(client, library(1, "one")), Reason::CONFIG_INVALID));
  EXPECT_EQ(*client.Run({"FCALL", "f", "0"})->text(), "two");
  EXPECT_TRUE(HasReason(EnsureLoaded(client, {"lib", 3, "this is no Lua"}), Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu::redis
