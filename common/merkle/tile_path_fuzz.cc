// libFuzzer entry: a tile path that is read is written back as the same bytes, so it cannot leave its
// folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "common/merkle/tiles.h"

namespace {

using namespace chuanyu::merkle;  // NOLINT: a program of one function

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto id = ParseTilePath(input);
  if (!id.ok()) return 0;
  const auto* tile = std::get_if<TileId>(&*id);
  Require((tile != nullptr ? TilePath(*tile) : BundlePath(std::get<BundleId>(*id))) == input);
  return 0;
}
