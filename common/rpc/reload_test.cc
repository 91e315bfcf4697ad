// Certificates change on disk under running servers and clients.
#include <openssl/ssl.h>

#include <functional>

#include "absl/time/clock.h"
#include "common/rpc/channel.h"
#include "common/rpc/raw_tls.h"
#include "common/rpc/server.h"
#include "common/rpc/test_pki.h"
#include "common/rpc/test_service.h"
#include "grpcpp/channel.h"
#include "gtest/gtest.h"

namespace chuanyu::rpc {
namespace {

constexpr char kNode[] = "500000/exchange/node";
constexpr char kDesk[] = "500000/county/desk";

// Asks again until it holds; false after a minute, far beyond the reload interval of one second.
bool Eventually(const std::function<bool()>& holds) {
  for (const absl::Time end = absl::Now() + absl::Minutes(1); absl::Now() < end;) {
    if (holds()) return true;
  }
  return false;
}

TEST(Reload, AServerServesItsNewCertificateWithoutARestart) {
  const TestPki pki({"500000/exchange/node/node/30", "500000/county/desk/system"});
  TestService service;
  auto server =
      Server::Start({.listen = {"127.0.0.1:0"}, .tls = pki.Files(kNode), .reload_interval = absl::Seconds(1)},
                    {}, &service);
  ASSERT_TRUE(server.ok()) << server.status();
  const auto served = [&] {
    return ConnectRaw((*server)->address(), pki.Files(kDesk), TLS1_3_VERSION).peer_not_after;
  };
  const std::string before = served();
  ASSERT_NE(before, "");

  pki.Reissue("500000/exchange/node/node/300");
  EXPECT_TRUE(Eventually([&] {
    const std::string now = served();
    return now != "" && now != before;
  }));
}

TEST(Reload, AClientPresentsItsNewCertificateOnItsNextConnection) {
  const TestPki pki({"500000/exchange/node/node", "500000/county/desk/system/30"});
  TestService service;
  // Connections end quickly, as they do every hour in production, so that the same channel shakes hands
  // again.
  auto server = Server::Start(
      {.listen = {"127.0.0.1:0"}, .tls = pki.Files(kNode), .max_connection_age = absl::Milliseconds(200)}, {},
      &service);
  ASSERT_TRUE(server.ok()) << server.status();
  auto channel = OpenChannel({.target = (*server)->address(),
                              .tls = pki.Files(kDesk),
                              .server_spiffe = "spiffe://500000.chuanyu/exchange/node",
                              .reload_interval = absl::Seconds(1)});
  ASSERT_TRUE(channel.ok()) << channel.status();
  const std::string before = *Call(*channel, "/test/WhoAmI");

  pki.Reissue("500000/county/desk/system/300");
  EXPECT_TRUE(Eventually([&] {
    const absl::StatusOr<std::string> now = Call(*channel, "/test/WhoAmI");
    return now.ok() && *now != before;
  }));
}

}  // namespace
}  // namespace chuanyu::rpc
