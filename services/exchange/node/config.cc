#include "services/exchange/node/config.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <utility>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/errors/error.h"

namespace chuanyu::exchange {
namespace {

bool IsRegion(const std::string& text) {
  return text.size() == 6 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

absl::Status ReadIdentity(const Config& top, NodeConfig& node) {
  CHUANYU_ASSIGN_OR_RETURN(node.region, top.String("region"));
  if (!IsRegion(node.region)) return top.Invalid("region", "is not a 6-digit region code");
  CHUANYU_ASSIGN_OR_RETURN(node.name, top.String("name"));
  if (node.name.empty() || node.name.find_first_of("+/ \t\n") != std::string::npos) {
    return top.Invalid("name", "is no node name");
  }
  CHUANYU_ASSIGN_OR_RETURN(node.listen, top.Strings("listen"));
  if (node.listen.empty()) return top.Invalid("listen", "names no address");
  CHUANYU_ASSIGN_OR_RETURN(node.peer_listen, top.Strings("peer_listen"));
  CHUANYU_ASSIGN_OR_RETURN(node.ready_file, top.Path("ready_file", ""));
  CHUANYU_ASSIGN_OR_RETURN(node.data_dir, top.Path("data_dir"));
  return absl::OkStatus();
}

absl::Status ReadKeys(const Config& top, NodeConfig& node) {
  CHUANYU_ASSIGN_OR_RETURN(const Config tls, top.Table("tls"));
  CHUANYU_ASSIGN_OR_RETURN(node.tls.certificate, tls.Path("certificate"));
  CHUANYU_ASSIGN_OR_RETURN(node.tls.key, tls.Path("key"));
  CHUANYU_ASSIGN_OR_RETURN(node.tls.ca, tls.Path("ca"));
  CHUANYU_ASSIGN_OR_RETURN(const Config keys, top.Table("keys"));
  CHUANYU_ASSIGN_OR_RETURN(node.ed25519_key, keys.Path("ed25519"));
  CHUANYU_ASSIGN_OR_RETURN(node.sm2_key, keys.Path("sm2"));
  CHUANYU_ASSIGN_OR_RETURN(node.kek, keys.Path("kek"));
  return absl::OkStatus();
}

// The password comes from a file of its own: the configuration may be shown around.
absl::Status ReadRedis(const Config& top, NodeConfig& node) {
  CHUANYU_ASSIGN_OR_RETURN(const Config redis, top.Table("redis"));
  CHUANYU_ASSIGN_OR_RETURN(node.redis.unix_socket, redis.Path("socket", ""));
  CHUANYU_ASSIGN_OR_RETURN(node.redis.host, redis.String("host", "127.0.0.1"));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t port, redis.Int("port", 6379, {.min = 1, .max = 65'535}));
  node.redis.port = static_cast<uint16_t>(port);
  CHUANYU_ASSIGN_OR_RETURN(const std::string password_file, redis.Path("password_file", ""));
  if (!password_file.empty()) {
    std::ifstream file(password_file);
    if (!std::getline(file, node.redis.password)) return redis.Invalid("password_file", "cannot be read");
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::string profile, redis.String("profile", "ledger"));
  if (profile != "ledger" && profile != "cache")
    return redis.Invalid("profile", "is neither ledger nor cache");
  node.redis_profile = profile == "ledger" ? redis::ServerProfile::kLedger : redis::ServerProfile::kCache;
  return absl::OkStatus();
}

absl::Status ReadBehaviour(const Config& top, NodeConfig& node) {
  CHUANYU_ASSIGN_OR_RETURN(const Config policy, top.Table("policy"));
  CHUANYU_ASSIGN_OR_RETURN(node.policy_file, policy.Path("file"));
  CHUANYU_ASSIGN_OR_RETURN(const Config journal, top.Table("journal"));
  CHUANYU_ASSIGN_OR_RETURN(const std::string hash, journal.String("tree_hash", "sha256"));
  if (hash != "sha256" && hash != "sm3") return journal.Invalid("tree_hash", "is neither sha256 nor sm3");
  node.tree_hash = hash == "sm3" ? crypto::HashAlg::kSm3 : crypto::HashAlg::kSha256;
  CHUANYU_ASSIGN_OR_RETURN(const Config witness, top.Table("witness"));
  CHUANYU_ASSIGN_OR_RETURN(node.witness_grace, witness.Duration("grace", node.witness_grace));
  CHUANYU_ASSIGN_OR_RETURN(const Config retention, top.Table("retention"));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t days, retention.Int("payload_days", 180, {.min = 1, .max = 36'500}));
  node.keep_payloads = absl::Hours(24 * days);
  CHUANYU_ASSIGN_OR_RETURN(const Config dispatch, top.Table("dispatch"));
  CHUANYU_ASSIGN_OR_RETURN(node.attempt_timeout, dispatch.Duration("attempt_timeout", node.attempt_timeout));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t running,
                           dispatch.Int("max_running", 1'024, {.min = 1, .max = 65'536}));
  node.max_running = static_cast<size_t>(running);
  CHUANYU_ASSIGN_OR_RETURN(const Config batching, top.Table("batching"));
  CHUANYU_ASSIGN_OR_RETURN(const int64_t records,
                           batching.Int("max_records", 2'048, {.min = 1, .max = 16'384}));
  node.max_batch_records = static_cast<size_t>(records);
  CHUANYU_ASSIGN_OR_RETURN(const int64_t bytes,
                           batching.Int("max_frame_bytes", 1 << 20, {.min = 1, .max = 4 << 20}));
  node.max_frame_bytes = static_cast<size_t>(bytes);
  CHUANYU_ASSIGN_OR_RETURN(const Config log, top.Table("log"));
  CHUANYU_ASSIGN_OR_RETURN(node.log_file, log.Path("file", ""));
  CHUANYU_ASSIGN_OR_RETURN(const Config metrics, top.Table("metrics"));
  if (metrics.Has("listen")) {
    CHUANYU_ASSIGN_OR_RETURN(node.metrics_listen, metrics.String("listen"));
  }
  return absl::OkStatus();
}

absl::Status ReadNeighbours(const Config& top, NodeConfig& node) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> peers, top.Tables("peer"));
  for (const Config& table : peers) {
    PeerConfig& peer = node.peers.emplace_back();
    CHUANYU_ASSIGN_OR_RETURN(peer.region, table.String("region"));
    if (!IsRegion(peer.region)) return table.Invalid("region", "is not a 6-digit region code");
    if (peer.region == node.region) return table.Invalid("region", "is this node's own region");
    CHUANYU_ASSIGN_OR_RETURN(peer.origin, table.String("origin"));
    CHUANYU_ASSIGN_OR_RETURN(peer.identity, table.String("identity"));
    CHUANYU_ASSIGN_OR_RETURN(peer.target, table.String("target"));
    CHUANYU_ASSIGN_OR_RETURN(peer.trust, table.Path("trust"));
  }
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<Config> providers, top.Tables("provider"));
  for (const Config& table : providers) {
    ProviderConfig& provider = node.providers.emplace_back();
    CHUANYU_ASSIGN_OR_RETURN(provider.service, table.String("service"));
    CHUANYU_ASSIGN_OR_RETURN(provider.target, table.String("target"));
    CHUANYU_ASSIGN_OR_RETURN(provider.identity, table.String("identity"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<NodeConfig> LoadNodeConfig(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const Config top, Config::Load(path));
  NodeConfig node;
  CHUANYU_RETURN_IF_ERROR(ReadIdentity(top, node));
  CHUANYU_RETURN_IF_ERROR(ReadKeys(top, node));
  CHUANYU_RETURN_IF_ERROR(ReadRedis(top, node));
  CHUANYU_RETURN_IF_ERROR(ReadBehaviour(top, node));
  CHUANYU_RETURN_IF_ERROR(ReadNeighbours(top, node));
  CHUANYU_RETURN_IF_ERROR(top.CheckNoUnknownKeys());
  return node;
}

}  // namespace chuanyu::exchange
