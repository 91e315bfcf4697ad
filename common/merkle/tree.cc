#include "common/merkle/tree.h"

#include <bit>
#include <utility>

#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/merkle/text.h"

namespace chuanyu::merkle {
namespace {

using crypto::View;

constexpr size_t kFrontierHeaderBytes = 9;

absl::Status BadProof(std::string_view why) {
  return MakeError(Reason::PROOF_INVALID, {.detail = std::string(why)});
}

// The largest power of two below `n`, which is at least 2: where RFC 6962 splits n leaves.
uint64_t SplitPoint(uint64_t n) { return std::bit_floor(n - 1); }

// Sets `node` to `sibling` beside it.
void HashLeft(HashAlg alg, const Digest& sibling, Digest& node) { node = NodeHash(alg, sibling, node); }
void HashRight(HashAlg alg, Digest& node, const Digest& sibling) { node = NodeHash(alg, node, sibling); }

// The hash of the leaves [begin, end), not empty, where `begin` is a multiple of the power of two that is at
// least end - begin. Built from perfect subtrees, the smallest (rightmost) first.
absl::StatusOr<Digest> RangeHash(HashAlg alg, uint64_t begin, uint64_t end, HashReader reader) {
  Digest hash = {};
  bool started = false;
  for (uint64_t left = end - begin; left != 0;) {
    const auto level = static_cast<uint32_t>(std::countr_zero(left));
    left &= left - 1;
    CHUANYU_ASSIGN_OR_RETURN(const Digest subtree, reader({level, (begin + left) >> level}));
    hash = started ? NodeHash(alg, subtree, hash) : subtree;
    started = true;
  }
  return hash;
}

}  // namespace

Digest LeafHash(HashAlg alg, std::string_view record) {
  return crypto::Hash(alg, {std::string_view("\x00", 1), record});
}

Digest NodeHash(HashAlg alg, const Digest& left, const Digest& right) {
  return crypto::Hash(alg, {std::string_view("\x01", 1), View(left), View(right)});
}

Digest EmptyRoot(HashAlg alg) { return crypto::Hash(alg, {}); }

void Frontier::Append(const Digest& leaf_hash) {
  Append(leaf_hash, [](NodeId, const Digest&) {});
}

void Frontier::Append(const Digest& leaf_hash, NodeSink sink) {
  Digest node = leaf_hash;
  NodeId id{0, size_};
  sink(id, node);
  // Each set bit from the bottom is a subtree of the same size as `node`, to its left.
  for (uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    HashLeft(alg_, peaks_.back(), node);
    peaks_.pop_back();
    id = {id.level + 1, id.index >> 1};
    sink(id, node);
  }
  peaks_.push_back(node);
  ++size_;
}

Digest Frontier::root() const {
  if (peaks_.empty()) return EmptyRoot(alg_);
  Digest root = peaks_.back();
  for (size_t i = peaks_.size() - 1; i > 0; --i) HashLeft(alg_, peaks_[i - 1], root);
  return root;
}

std::string Frontier::Serialise() const {
  std::string bytes;
  bytes.reserve(kFrontierHeaderBytes + peaks_.size() * sizeof(Digest));
  bytes.push_back(alg_ == HashAlg::kSha256 ? '\x01' : '\x02');
  AppendBigEndian64(bytes, size_);
  for (const Digest& peak : peaks_) bytes.append(View(peak));
  return bytes;
}

absl::StatusOr<Frontier> Frontier::Parse(std::string_view bytes) {
  const auto bad = [] { return MakeError(Reason::BAD_REQUEST, {.detail = "not a frontier"}); };
  if (bytes.size() < kFrontierHeaderBytes || (bytes[0] != '\x01' && bytes[0] != '\x02')) return bad();
  Frontier frontier(bytes[0] == '\x01' ? HashAlg::kSha256 : HashAlg::kSm3);
  frontier.size_ = ReadBigEndian64(bytes.substr(1));
  bytes.remove_prefix(kFrontierHeaderBytes);
  const auto peaks = static_cast<size_t>(std::popcount(frontier.size_));
  if (bytes.size() != peaks * sizeof(Digest)) return bad();
  for (size_t i = 0; i < peaks; ++i) {
    frontier.peaks_.push_back(crypto::DigestFrom(bytes.substr(i * sizeof(Digest), sizeof(Digest))));
  }
  return frontier;
}

absl::StatusOr<Digest> RootAt(HashAlg alg, uint64_t size, HashReader reader) {
  if (size == 0) return EmptyRoot(alg);
  return RangeHash(alg, 0, size, reader);
}

absl::StatusOr<std::vector<Digest>> InclusionProof(HashAlg alg, uint64_t index, uint64_t size,
                                                   HashReader reader) {
  if (index >= size) return MakeError(Reason::BAD_REQUEST, {.detail = "no leaf of that index in the tree"});
  // RFC 6962 §2.1.1 PATH(m, D[n]), walked from the root down; the path is wanted from the leaf up.
  std::vector<Digest> path;
  for (uint64_t begin = 0, end = size; end - begin > 1;) {
    const uint64_t middle = begin + SplitPoint(end - begin);
    const bool left = index < middle;
    CHUANYU_ASSIGN_OR_RETURN(const Digest sibling, left ? RangeHash(alg, middle, end, reader)
                                                        : RangeHash(alg, begin, middle, reader));
    path.push_back(sibling);
    (left ? end : begin) = middle;
  }
  return std::vector<Digest>(path.rbegin(), path.rend());
}

absl::StatusOr<std::vector<Digest>> ConsistencyProof(HashAlg alg, uint64_t old_size, uint64_t new_size,
                                                     HashReader reader) {
  if (old_size == 0 || old_size > new_size) {
    return MakeError(Reason::BAD_REQUEST,
                     {.detail = "consistency is from a tree to one that is not smaller"});
  }
  // RFC 6962 §2.1.2 SUBPROOF(m, D[n], b), walked from the root down until the old tree's edge is a whole
  // range.
  std::vector<Digest> path;
  uint64_t begin = 0;
  uint64_t end = new_size;
  while (old_size != end) {
    const uint64_t middle = begin + SplitPoint(end - begin);
    const bool left = old_size <= middle;
    CHUANYU_ASSIGN_OR_RETURN(const Digest sibling, left ? RangeHash(alg, middle, end, reader)
                                                        : RangeHash(alg, begin, middle, reader));
    path.push_back(sibling);
    (left ? end : begin) = middle;
  }
  // The old root itself is known to the verifier and is left out.
  if (begin != 0) {
    CHUANYU_ASSIGN_OR_RETURN(const Digest edge, RangeHash(alg, begin, end, reader));
    path.push_back(edge);
  }
  return std::vector<Digest>(path.rbegin(), path.rend());
}

absl::StatusOr<Digest> RootOfInclusion(HashAlg alg, uint64_t index, uint64_t size, const Digest& leaf_hash,
                                       absl::Span<const Digest> proof) {
  if (index >= size) return BadProof("the index is not in the tree");
  uint64_t fn = index;
  uint64_t sn = size - 1;
  Digest node = leaf_hash;
  for (const Digest& sibling : proof) {
    if (sn == 0) return BadProof("the inclusion proof is too long");
    if ((fn & 1) != 0 || fn == sn) {
      HashLeft(alg, sibling, node);
      // A right edge without a sibling at this level rises to where it has one.
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      HashRight(alg, node, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return BadProof("the inclusion proof is too short");
  return node;
}

absl::Status VerifyInclusion(HashAlg alg, uint64_t index, const Digest& leaf_hash, const TreeHead& head,
                             absl::Span<const Digest> proof) {
  CHUANYU_ASSIGN_OR_RETURN(const Digest root, RootOfInclusion(alg, index, head.size, leaf_hash, proof));
  if (root != head.root) return BadProof("the inclusion proof leads to another root");
  return absl::OkStatus();
}

absl::Status VerifyConsistency(HashAlg alg, const TreeHead& older, const TreeHead& newer,
                               absl::Span<const Digest> proof) {
  if (older.size > newer.size) return BadProof("the newer tree is smaller");
  if (older.size == newer.size) {
    if (!proof.empty()) return BadProof("trees of one size need no consistency proof");
    if (older.root != newer.root) return BadProof("two roots for one size");
    if (older.size == 0 && older.root != EmptyRoot(alg)) return BadProof("not the root of the empty tree");
    return absl::OkStatus();
  }
  if (older.size == 0) return BadProof("nothing can be proved from the empty tree");
  if (proof.empty()) return BadProof("the consistency proof is empty");
  // "If first is an exact power of 2, then prepend first_hash to the consistency_path array."
  const bool prepend = std::has_single_bit(older.size);
  Digest old_node = prepend ? older.root : proof[0];
  if (!prepend) proof.remove_prefix(1);
  Digest new_node = old_node;
  uint64_t fn = older.size - 1;
  uint64_t sn = newer.size - 1;
  const int shared = std::countr_one(fn);
  fn >>= shared;
  sn >>= shared;
  for (const Digest& sibling : proof) {
    if (sn == 0) return BadProof("the consistency proof is too long");
    if ((fn & 1) != 0 || fn == sn) {
      HashLeft(alg, sibling, old_node);
      HashLeft(alg, sibling, new_node);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      HashRight(alg, new_node, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return BadProof("the consistency proof is too short");
  if (old_node != older.root) return BadProof("the consistency proof leads to another old root");
  if (new_node != newer.root) return BadProof("the consistency proof leads to another new root");
  return absl::OkStatus();
}

}  // namespace chuanyu::merkle
