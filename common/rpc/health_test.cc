// The standard health service over TLS, spoken with the two-field messages of grpc.health.v1 by hand: its
// generated code is not installed. Request {} is "the whole server"; response field 1 is 1 SERVING, 2
// NOT_SERVING.
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "common/rpc/test_service.h"
#include "grpcpp/channel.h"
#include "gtest/gtest.h"

namespace chuanyu::rpc {
namespace {

TEST(Health, SaysWhetherTheServerTakesWork) {
  const TestPki pki({"500000/exchange/node/node"});
  auto server = Server::Start({.listen = {"127.0.0.1:0"}, .tls = pki.Files("500000/exchange/node")}, {});
  ASSERT_TRUE(server.ok()) << server.status();
  auto channel = OpenChannel({.target = (*server)->address(),
                              .tls = pki.Files("500000/exchange/node"),
                              .server_spiffe = "spiffe://500000.chuanyu/exchange/node"});
  const auto check = [&] { return *Call(*channel, "/grpc.health.v1.Health/Check"); };

  EXPECT_EQ(check(), "\x08\x01");
  (*server)->SetServing(false);
  EXPECT_EQ(check(), "\x08\x02");
  (*server)->SetServing(true);
  EXPECT_EQ(check(), "\x08\x01");
}

}  // namespace
}  // namespace chuanyu::rpc
