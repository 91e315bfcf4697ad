// Everything a node is told: node.toml, read strictly. docs/configuration.md lists the keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/hash.h"
#include "common/redis/client.h"
#include "common/redis/server_check.h"
#include "common/rpc/tls_files.h"

namespace chuanyu::exchange {

struct PeerConfig {
  std::string region;
  std::string origin;    // "<region>.chuanyu/<node>"
  std::string identity;  // SPIFFE name of its certificate
  std::string target;    // where its Peer service listens
  std::string trust;     // file with its verifier keys
};

struct ProviderConfig {
  std::string service;  // "package.Service"
  std::string target;
  std::string identity;
};

struct NodeConfig {
  std::string region;
  std::string name;
  std::vector<std::string> listen;       // for the region's own callers
  std::vector<std::string> peer_listen;  // for other nodes
  std::string ready_file;                // empty: none
  std::string data_dir;
  rpc::TlsFiles tls;
  std::string ed25519_key;
  std::string sm2_key;
  std::string kek;
  redis::RedisOptions redis;
  redis::ServerProfile redis_profile = redis::ServerProfile::kLedger;
  std::string policy_file;
  crypto::HashAlg tree_hash = crypto::HashAlg::kSha256;
  absl::Duration witness_grace = absl::Minutes(10);
  absl::Duration keep_payloads = absl::Hours(24 * 180);
  absl::Duration attempt_timeout = absl::Seconds(10);
  size_t max_running = 1'024;
  size_t max_batch_records = 2'048;   // one signature and one sync for at most so many
  size_t max_frame_bytes = 1u << 20;  // of the link; a frame ends with one checkpoint
  std::string log_file;               // empty: stderr
  std::optional<std::string> metrics_listen;
  std::vector<PeerConfig> peers;
  std::vector<ProviderConfig> providers;

  std::string origin() const { return region + ".chuanyu/" + name; }
};

// CONFIG_INVALID names file, line and key.
absl::StatusOr<NodeConfig> LoadNodeConfig(const std::string& path);

}  // namespace chuanyu::exchange
