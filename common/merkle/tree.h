// The append-only Merkle tree of RFC 6962 §2.1 and RFC 9162 §2.1: leaf H(0x00 ‖ record), node
// H(0x01 ‖ left ‖ right), H being SHA-256 or SM3. Pure functions over hashes: no files, no network.
// Thread-safe where const.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/crypto/hash.h"

namespace chuanyu::merkle {

using crypto::Digest;
using crypto::HashAlg;

// `record` is the exact byte string that was logged, never a re-serialisation.
Digest LeafHash(HashAlg alg, std::string_view record);
Digest NodeHash(HashAlg alg, const Digest& left, const Digest& right);
// The root of the tree without leaves: the hash of nothing.
Digest EmptyRoot(HashAlg alg);

// A perfect subtree: the leaves [index << level, (index + 1) << level). Level 0 are the leaf hashes.
struct NodeId {
  uint32_t level = 0;
  uint64_t index = 0;
  friend bool operator==(const NodeId&, const NodeId&) = default;
};

// Gives the hash of a perfect subtree that the tree already holds in full.
using HashReader = absl::FunctionRef<absl::StatusOr<Digest>(NodeId)>;

// Told of every perfect subtree that an append completes, leaf first.
using NodeSink = absl::FunctionRef<void(NodeId, const Digest&)>;

// The right edge of a tree: the roots of its perfect subtrees, at most 64, from which the root follows and
// to which leaves can be added without the rest of the tree. A copyable value; not synchronised.
class Frontier {
 public:
  explicit Frontier(HashAlg alg) : alg_(alg) {}

  // Amortised one node hash.
  void Append(const Digest& leaf_hash);
  void Append(const Digest& leaf_hash, NodeSink sink);

  HashAlg alg() const { return alg_; }
  uint64_t size() const { return size_; }
  // At most 63 node hashes.
  Digest root() const;

  // The bytes a witness keeps on disk: hash (1 SHA-256, 2 SM3), size (8 bytes, big-endian), then the subtree
  // roots, largest first.
  std::string Serialise() const;
  // BAD_REQUEST when the bytes are not a frontier. Whether it is the right one shows in its root.
  static absl::StatusOr<Frontier> Parse(std::string_view bytes);

  friend bool operator==(const Frontier&, const Frontier&) = default;

 private:
  HashAlg alg_;
  uint64_t size_ = 0;
  std::vector<Digest> peaks_;  // largest subtree first; one for each bit set in size_
};

// The root of the first `size` leaves.
absl::StatusOr<Digest> RootAt(HashAlg alg, uint64_t size, HashReader reader);

// The path that proves leaf `index` under the root of the first `size` leaves, sibling of the leaf first.
// BAD_REQUEST unless index < size.
absl::StatusOr<std::vector<Digest>> InclusionProof(HashAlg alg, uint64_t index, uint64_t size,
                                                   HashReader reader);

// Proves that the tree of `new_size` leaves begins with the tree of `old_size`. Empty when they are equal.
// BAD_REQUEST unless 0 < old_size <= new_size: every tree extends the empty one, which proves nothing.
absl::StatusOr<std::vector<Digest>> ConsistencyProof(HashAlg alg, uint64_t old_size, uint64_t new_size,
                                                     HashReader reader);

// A root together with the number of leaves under it.
struct TreeHead {
  uint64_t size = 0;
  Digest root = {};
  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

// The root to which `proof` leads from `leaf_hash` at `index` of `size` leaves. It is no better than where
// `size` and `proof` come from until something says that it is right. PROOF_INVALID when the proof is not of
// the length that the place has.
absl::StatusOr<Digest> RootOfInclusion(HashAlg alg, uint64_t index, uint64_t size, const Digest& leaf_hash,
                                       absl::Span<const Digest> proof);

// RFC 9162 §2.1.3.2. PROOF_INVALID unless the proof shows `leaf_hash` at `index` under `head`.
absl::Status VerifyInclusion(HashAlg alg, uint64_t index, const Digest& leaf_hash, const TreeHead& head,
                             absl::Span<const Digest> proof);

// RFC 9162 §2.1.4.2. PROOF_INVALID unless the proof shows that `newer` extends `older`. A failure says that
// the proof does not convince, not yet that the log forked: the other side may have sent a wrong proof. From
// the empty tree nothing can be proved, so older.size 0 fails unless newer is the empty tree too.
absl::Status VerifyConsistency(HashAlg alg, const TreeHead& older, const TreeHead& newer,
                               absl::Span<const Digest> proof);

}  // namespace chuanyu::merkle
