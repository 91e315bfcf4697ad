// The Merkle trees over statements that are signed together, and a statement's way to their roots, as text:
//
//   chuanyu-batch 1
//   3 of 7
//   sha256:<base64>  sibling of the leaf first
//   sm3:<base64>     in the same order
//                    an empty line; the note follows
//
// Leaves are the texts that would be signed alone. Part of statement.cc. Not synchronised.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/merkle/tree.h"

namespace chuanyu::merkle {

struct BatchRoots {
  uint64_t size = 0;
  Digest sha256 = {};
  Digest sm3 = {};
};

class StatementBatch {
 public:
  void Add(std::string_view text);
  BatchRoots Roots() const;
  absl::StatusOr<std::string> PathOf(uint64_t index) const;

 private:
  struct Tree {
    explicit Tree(HashAlg alg) : frontier(alg) {}
    void Add(std::string_view text);
    absl::StatusOr<std::vector<Digest>> PathOf(uint64_t index) const;

    Frontier frontier;
    std::vector<std::vector<Digest>> levels;  // perfect subtrees
  };
  Tree sha256_{HashAlg::kSha256};
  Tree sm3_{HashAlg::kSm3};
};

// Whether it begins with a path.
bool IsInBatch(std::string_view note);
// The roots to which the path at the beginning of `note` leads from `text`; takes the path off. BAD_REQUEST
// when it is malformed. Only a signature over the roots says that they are right.
absl::StatusOr<BatchRoots> TakePath(std::string_view text, std::string_view* note);

}  // namespace chuanyu::merkle
