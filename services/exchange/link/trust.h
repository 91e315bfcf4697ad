// What this node knows of a peer, provisioned out of band and never trusted on first use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/hash.h"
#include "common/merkle/note_key.h"

namespace chuanyu::exchange {

// The keys in a peer's trust file.
struct PeerKeys {
  std::vector<merkle::VerifierKey> checkpoint;   // all of them sign its checkpoints
  std::vector<merkle::VerifierKey> cosignature;  // all of them sign its cosignatures of ours
};

struct PeerTrust {
  std::string region;    // "510000"
  std::string origin;    // "510000.chuanyu/node1", the name of its log and keys
  std::string identity;  // SPIFFE name of its certificate
  crypto::HashAlg tree_hash = crypto::HashAlg::kSha256;  // of its log
  PeerKeys keys;
};

// Reads a trust file: one verifier key a line; empty lines and lines that start with # are skipped.
// CONFIG_INVALID when a line is no key, a key has another name than `origin`, or one of the two groups is
// empty.
absl::StatusOr<PeerKeys> ParseTrust(std::string_view text, std::string_view origin);

}  // namespace chuanyu::exchange
