// libFuzzer entry: a proof file that is read is written back as the same bytes; no path is accepted for a
// leaf that is not in the tree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/merkle/proof.h"

namespace {

using namespace chuanyu::merkle;  // NOLINT: a program of one function

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto proof = ParseProof(input);
  if (!proof.ok()) return 0;
  Require(FormatProof(*proof) == input);
  const Digest leaf = LeafHash(HashAlg::kSm3, "not logged");
  Require(
      !VerifyInclusion(HashAlg::kSm3, proof->index, leaf, {.size = proof->index + 1, .root = {}}, proof->path)
           .ok());
  return 0;
}
