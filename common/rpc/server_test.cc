// Real servers and clients over TLS on loopback.
#include "common/rpc/server.h"

#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "common/errors/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/raw_tls.h"
#include "common/rpc/test_pki.h"
#include "common/rpc/test_service.h"
#include "gmock/gmock.h"
#include "grpcpp/channel.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"

namespace chuanyu::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kNode[] = "500000/exchange/node";
constexpr char kNodeSpiffe[] = "spiffe://500000.chuanyu/exchange/node";

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override { Start({.listen = {"127.0.0.1:0"}, .tls = pki_.Files(kNode)}); }

  void Start(const ServerOptions& options) {
    auto server = Server::Start(options, {}, &service_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  std::shared_ptr<grpc::Channel> Open(const TlsFiles& files, const std::string& server = kNodeSpiffe) {
    auto channel = OpenChannel({.target = server_->address(), .tls = files, .server_spiffe = server});
    EXPECT_TRUE(channel.ok()) << channel.status();
    return *channel;
  }

  absl::StatusCode CodeOf(const TlsFiles& files, const std::string& server = kNodeSpiffe) {
    return Call(Open(files, server), "/test/Echo", "x").status().code();
  }

  const TestPki pki_{{"500000/exchange/node/node", "510000/exchange/node/node", "500000/county/desk/system",
                      "500000/ops/late/operator/expired"}};
  TestService service_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersACallerOfItsOwnRegionAndKnowsWhoItIs) {
  const auto channel = Open(pki_.Files("500000/county/desk"));
  EXPECT_EQ(*Call(channel, "/test/Echo", "ping"), "ping");
  EXPECT_THAT(*Call(channel, "/test/WhoAmI"), StartsWith("spiffe://500000.chuanyu/county/desk system 20"));
}

TEST_F(ServerTest, AnswersTheOtherRegionsNode) {
  const auto channel = Open(pki_.Files("510000/exchange/node"));
  EXPECT_THAT(*Call(channel, "/test/WhoAmI"), StartsWith("spiffe://510000.chuanyu/exchange/node node 20"));
}

TEST_F(ServerTest, ListensOnAUnixSocketToo) {
  const std::string address = "unix:" + pki_.folder() + "/node.sock";
  TestService service;
  auto server = Server::Start({.listen = {address, "127.0.0.1:0"}, .tls = pki_.Files(kNode)}, {}, &service);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ((*server)->address(), address);
  EXPECT_EQ((*server)->addresses().size(), 2u);
  for (const std::string& target : (*server)->addresses()) {
    const auto channel =
        OpenChannel({.target = target, .tls = pki_.Files(kNode), .server_spiffe = kNodeSpiffe});
    EXPECT_EQ(*Call(*channel, "/test/Echo", "x"), "x") << target;
  }
}

// The same client with a certificate is served, so it is the certificate that is missed.
TEST_F(ServerTest, RefusesACallerWithoutCertificate) {
  const auto read = [](const std::string& path) {
    std::ifstream in(path);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const TlsFiles files = pki_.Files("500000/county/desk");
  const auto open = [&](const std::string& key, const std::string& certificate) {
    return grpc::CreateChannel(server_->address(), grpc::SslCredentials({read(files.ca), key, certificate}));
  };
  EXPECT_TRUE(Call(open(read(files.key), read(files.certificate)), "/test/Echo").ok());
  EXPECT_EQ(Call(open("", ""), "/test/Echo").status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, RefusesAnExpiredCertificate) {
  EXPECT_EQ(CodeOf(pki_.Files("500000/ops/late")), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, RefusesACertificateOfAnUnknownAuthority) {
  const TestPki other({"500000/county/desk/system"});
  TlsFiles files = other.Files("500000/county/desk");
  files.ca = pki_.Files(kNode).ca;  // the client trusts the server; the server does not trust the client
  EXPECT_EQ(CodeOf(files), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, ClientRefusesAServerOfAnUnknownAuthority) {
  const TestPki other({"500000/county/desk/system"});
  TlsFiles files = pki_.Files("500000/county/desk");
  files.ca = other.Files("500000/county/desk").ca;
  EXPECT_EQ(CodeOf(files), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, ClientRefusesAServerThatIsNotTheExpectedOne) {
  const TlsFiles files = pki_.Files("500000/county/desk");
  EXPECT_EQ(CodeOf(files, "spiffe://500000.chuanyu/exchange/node2"), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(files, "spiffe://510000.chuanyu/exchange/node"), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(files, kNodeSpiffe), absl::StatusCode::kOk);
}

// 510000's authority issues a certificate in 500000's name: trusted as it is, its root does not allow that.
TEST_F(ServerTest, RefusesARegionsAuthorityIssuingInAnothersName) {
  const TestPki forger({"510000/exchange/node/node"});
  const std::filesystem::path from = forger.folder();
  std::filesystem::remove_all(from / "500000");
  std::filesystem::create_directories(from / "500000");
  std::filesystem::copy(std::filesystem::path(pki_.folder()) / "510000" / "ca", from / "500000" / "ca");
  forger.Issue("500000/county/desk/system");
  TlsFiles forged = forger.Files("500000/county/desk");
  forged.ca = pki_.Files(kNode).ca;
  EXPECT_EQ(CodeOf(forged), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, RefusesTls12) {
  const TlsFiles files = pki_.Files("500000/county/desk");
  EXPECT_FALSE(ConnectRaw(server_->address(), files, TLS1_2_VERSION).done);
  const Handshake modern = ConnectRaw(server_->address(), files, TLS1_3_VERSION);
  EXPECT_TRUE(modern.done);
  EXPECT_EQ(modern.version, "TLSv1.3");
}

TEST_F(ServerTest, ClientRefusesAServerThatOnlyHasTls12) {
  const auto connect = [&](const std::string& address) {
    auto channel = OpenChannel({.target = address, .tls = pki_.Files(kNode), .server_spiffe = kNodeSpiffe});
    EXPECT_FALSE(Call(*channel, "/test/Echo").ok());
  };
  EXPECT_FALSE(AcceptRaw(pki_.Files(kNode), TLS1_2_VERSION, connect).done);
}

TEST_F(ServerTest, OversizedMessagesAreRefusedWithAReason) {
  const auto channel = Open(pki_.Files("500000/county/desk"));
  const std::string allowed(4 << 20, 'x');
  EXPECT_EQ(Call(channel, "/test/Echo", allowed)->size(), allowed.size());
  const auto refused = Call(channel, "/test/Echo", std::string(5 << 20, 'x'));
  EXPECT_TRUE(HasReason(refused.status(), Reason::PAYLOAD_TOO_LARGE)) << refused.status();

  // A client that does not hold itself to the limit meets the server's.
  auto greedy = OpenChannel({.target = server_->address(),
                             .tls = pki_.Files("500000/county/desk"),
                             .server_spiffe = kNodeSpiffe,
                             .max_message_bytes = 64 << 20});
  const auto stopped = Call(*greedy, "/test/Echo", std::string(5 << 20, 'x'));
  EXPECT_TRUE(HasReason(stopped.status(), Reason::PAYLOAD_TOO_LARGE)) << stopped.status();
}

TEST_F(ServerTest, ErrorsKeepTheirReasonOverTheWire) {
  const auto channel = Open(pki_.Files("500000/county/desk"));
  const absl::Status failed = Call(channel, "/test/Fail").status();
  EXPECT_EQ(failed, MakeError(Reason::ID_CHECK, {.field = "members[1].doc_no", .detail = "synthetic"}));
}

TEST_F(ServerTest, ErrorsOfForeignOriginDoNotLeak) {
  const absl::Status failed = Call(Open(pki_.Files("500000/county/desk")), "/test/Leak").status();
  EXPECT_TRUE(HasReason(failed, Reason::INTERNAL));
  EXPECT_THAT(std::string(failed.message()), Not(HasSubstr("inside")));
}

TEST_F(ServerTest, RefusesAPortInUse) {
  const auto second = Server::Start({.listen = {server_->address()}, .tls = pki_.Files(kNode)}, {});
  EXPECT_TRUE(HasReason(second.status(), Reason::CONFIG_INVALID));
}

TEST_F(ServerTest, GracefulShutdownLetsARunningCallFinish) {
  const auto channel = Open(pki_.Files("500000/county/desk"));
  absl::StatusOr<std::string> answer;
  std::thread caller([&] { answer = Call(channel, "/test/Hold", "late"); });
  service_.held.Wait();
  std::thread stopper([&] { server_->Shutdown(absl::Minutes(1)); });
  // The draining server refuses new callers while it still works for the old one.
  while (CodeOf(pki_.Files(kNode)) != absl::StatusCode::kUnavailable) {
  }
  service_.release.Notify();
  caller.join();
  stopper.join();
  EXPECT_EQ(*answer, "late");
}

TEST_F(ServerTest, ShutdownCancelsWhatTheGraceDoesNotCover) {
  const auto channel = Open(pki_.Files("500000/county/desk"));
  absl::StatusOr<std::string> answer;
  std::thread caller([&] { answer = Call(channel, "/test/Hold", "late"); });
  service_.held.Wait();
  server_->Shutdown(absl::ZeroDuration());  // returns although nobody releases the call
  caller.join();
  EXPECT_FALSE(answer.ok());
}

}  // namespace
}  // namespace chuanyu::rpc
