// The node's signing keys, and the trust lines that its peers and auditors get of them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/signer.h"
#include "common/merkle/note_key.h"
#include "services/exchange/node/config.h"

namespace chuanyu::exchange {

struct NodeKeys {
  std::vector<std::shared_ptr<const crypto::Signer>> signers;  // Ed25519, then SM2
  std::vector<merkle::NoteSigner> cosigners;                   // of the same keys
};

// CONFIG_INVALID when a file is unusable or holds a key of another kind.
absl::StatusOr<NodeKeys> LoadNodeKeys(const NodeConfig& config);

// The trust file of this node: two checkpoint keys and two cosignature keys, one a line.
absl::StatusOr<std::string> TrustLines(const NodeConfig& config, const NodeKeys& keys);

}  // namespace chuanyu::exchange
