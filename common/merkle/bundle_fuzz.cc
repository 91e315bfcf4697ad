// libFuzzer entry: an entry bundle that is read is written back as the same bytes. The first byte is the
// width.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/merkle/tiles.h"

namespace {

using namespace chuanyu::merkle;  // NOLINT: a program of one function

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  const auto records = DecodeBundle(input.substr(1), static_cast<uint8_t>(input[0]));
  if (!records.ok()) return 0;
  const auto bytes = EncodeBundle(*records);
  Require(bytes.ok() && *bytes == input.substr(1));
  return 0;
}
