// libFuzzer entry: a note, a signature line or a verifier key that is read is written back as the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/merkle/note.h"

namespace {

using namespace chuanyu::merkle;  // NOLINT: a program of one function

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto note = ParseNote(input); note.ok()) Require(FormatNote(*note) == input);
  if (const auto key = VerifierKey::Parse(input); key.ok()) Require(key->Format() == input);
  if (const auto line = ParseSignatureLine(input); line.ok()) {
    const auto again = ParseSignatureLine(FormatSignatureLine(*line));
    Require(again.ok() && *again == *line);
  }
  return 0;
}
