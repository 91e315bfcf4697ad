#include "services/exchange/node/config.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "common/errors/error.h"
#include "services/exchange/node/policy_watcher.h"

namespace chuanyu::exchange {
namespace {

constexpr char kGood[] = R"(
region = "500000"
name = "node1"
listen = ["127.0.0.1:0"]
data_dir = "data"
[tls]
certificate = "a.pem"
key = "a.key"
ca = "ca.pem"
[keys]
ed25519 = "e.key"
sm2 = "s.key"
kek = "kek.bin"
[policy]
file = "policy.toml"
[[peer]]
region = "510000"
origin = "510000.chuanyu/node1"
identity = "spiffe://510000.chuanyu/exchange/node"
target = "127.0.0.1:8002"
trust = "peer.trust"
)";

class NodeFiles : public testing::Test {
 protected:
  NodeFiles() {
    std::string pattern = testing::TempDir() + "nodeXXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~NodeFiles() override { std::filesystem::remove_all(folder_); }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }
  absl::StatusOr<NodeConfig> Load(const std::string& text) {
    return LoadNodeConfig(Write("node.toml", text));
  }
  std::string folder_;
};

TEST_F(NodeFiles, ReadsANodeWithDefaults) {
  const auto config = Load(kGood);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->origin(), "500000.chuanyu/node1");
  EXPECT_EQ(config->data_dir, folder_ + "/data");
  EXPECT_EQ(config->peers.size(), 1u);
  EXPECT_EQ(config->witness_grace, absl::Minutes(10));
  EXPECT_EQ(config->keep_payloads, absl::Hours(24 * 180));
  EXPECT_EQ(config->redis_profile, redis::ServerProfile::kLedger);
  EXPECT_FALSE(config->metrics_listen);
}

TEST_F(NodeFiles, NamesTheKeyThatIsWrong) {
  const auto with = [](const std::string& from, const std::string& to) {
    std::string text = kGood;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const auto& [text, key] : std::vector<std::pair<std::string, std::string>>{
           {with("region = \"500000\"", "region = \"50\""), "region"},
           {with("name = \"node1\"", "name = \"node 1\""), "name"},
           {with("listen = [\"127.0.0.1:0\"]", "listen = []"), "listen"},
           {with("data_dir = \"data\"", ""), "data_dir"},
           {with("ca = \"ca.pem\"", ""), "tls.ca"},
           {with("sm2 = \"s.key\"", ""), "keys.sm2"},
           {with("file = \"policy.toml\"", ""), "policy.file"},
           {with("region = \"510000\"", "region = \"500000\""), "own region"},
           {with("target = ", "tarGet = "), "target"},
           {std::string(kGood) + "unknown = 1\n", "unknown"},
           {std::string(kGood) + "[journal]\ntree_hash = \"md5\"\n", "tree_hash"},
           {std::string(kGood) + "[redis]\nprofile = \"lossy\"\n", "profile"},
           {std::string(kGood) + "[batching]\nmax_records = 0\n", "max_records"},
           {std::string(kGood) + "[retention]\npayload_days = 0\n", "payload_days"}}) {
    const absl::Status status = Load(text).status();
    EXPECT_TRUE(HasReason(status, Reason::CONFIG_INVALID)) << key;
    EXPECT_NE(status.ToString().find(key), std::string::npos) << status;
  }
}

std::string PolicyText(const std::string& version) {
  return "version = \"" + version +
         "\"\n[[rule]]\nid = \"a\"\ncaller = \"*\"\noperation = \"*\"\npurposes = [\"P-DIBAO\"]\nfrom_region "
         "= \"*\"\n"
         "to_region = \"*\"\n";
}

TEST_F(NodeFiles, PolicyIsTakenWhenItChangesAndKeptWhenTheNewOneIsBroken) {
  const std::string file = Write("policy.toml", PolicyText("one"));
  std::vector<std::string> loaded;
  auto watcher =
      PolicyWatcher::Open(file, [&](const policy::Policy& policy) { loaded.push_back(policy.version()); });
  ASSERT_TRUE(watcher.ok()) << watcher.status();
  (*watcher)->Look();
  Write("policy.toml", "nonsense = ");
  (*watcher)->Look();
  EXPECT_EQ((*watcher)->Current()->version(), "one");
  Write("policy.toml", PolicyText("two"));
  (*watcher)->Look();
  EXPECT_EQ((*watcher)->Current()->version(), "two");
  EXPECT_EQ(loaded, (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(HasReason(PolicyWatcher::Open(folder_ + "/none", [](const policy::Policy&) {}).status(),
                        Reason::CONFIG_INVALID));
}

}  // namespace
}  // namespace chuanyu::exchange
