// libFuzzer entry: a frontier that is read is written back as the same bytes and can be appended to.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "common/merkle/tree.h"

namespace {

using namespace chuanyu::merkle;  // NOLINT: a program of one function

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  auto frontier = Frontier::Parse(input);
  if (!frontier.ok()) return 0;
  Require(frontier->Serialise() == input);
  if (frontier->size() == std::numeric_limits<uint64_t>::max()) return 0;
  const uint64_t before = frontier->size();
  frontier->Append({});
  Require(frontier->size() == before + 1);
  Require(*Frontier::Parse(frontier->Serialise()) == *frontier);
  return 0;
}
