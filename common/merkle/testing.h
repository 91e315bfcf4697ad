// Helpers of this folder's tests: a tree kept in memory, computed the slow way that the RFC writes down, and
// keys made for the occasion. Not linked into anything that runs.
#pragma once

#include <bit>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/crypto/signer.h"
#include "common/merkle/note.h"
#include "common/merkle/tree.h"
#include "gtest/gtest.h"

namespace chuanyu::merkle::testing_support {

// All leaf hashes, and MTH of RFC 6962 §2.1 by its recursive definition.
class NaiveTree {
 public:
  explicit NaiveTree(HashAlg alg) : alg_(alg) {}

  void Append(std::string_view record) { leaves_.push_back(LeafHash(alg_, record)); }
  uint64_t size() const { return leaves_.size(); }
  const Digest& leaf(uint64_t index) const { return leaves_[index]; }
  TreeHead Head(uint64_t size) const { return {.size = size, .root = Range(0, size)}; }

  Digest Range(uint64_t begin, uint64_t end) const {
    if (begin == end) return EmptyRoot(alg_);
    if (end - begin == 1) return leaves_[begin];
    const uint64_t middle = begin + std::bit_floor(end - begin - 1);
    return NodeHash(alg_, Range(begin, middle), Range(middle, end));
  }

  // As a HashReader: fails for what is not wholly in the tree.
  absl::StatusOr<Digest> operator()(NodeId id) const {
    const uint64_t begin = id.index << id.level;
    const uint64_t end = begin + (uint64_t{1} << id.level);
    if (end > size()) return absl::OutOfRangeError("not in the tree");
    return Range(begin, end);
  }

 private:
  HashAlg alg_;
  std::vector<Digest> leaves_;
};

inline NaiveTree MakeTree(HashAlg alg, uint64_t size) {
  NaiveTree tree(alg);
  for (uint64_t i = 0; i < size; ++i) tree.Append("record " + std::to_string(i));
  return tree;
}

inline NoteSigner MakeSigner(std::string_view name, SignatureType type) {
  absl::StatusOr<std::unique_ptr<crypto::Signer>> key = crypto::GenerateSigner(KeyAlgOf(type));
  EXPECT_TRUE(key.ok()) << key.status();
  return *NoteSigner::Create(name, type, std::move(key).value());
}

// A file of testdata/, whole.
inline std::string TestData(const std::string& name) {
  std::ifstream in(std::string(CHUANYU_SOURCE_DIR) + "/common/merkle/testdata/" + name, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace chuanyu::merkle::testing_support
