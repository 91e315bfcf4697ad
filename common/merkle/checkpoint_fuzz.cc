// libFuzzer entry: a checkpoint body that is read is written back as the same bytes; no input opens
// without a signature.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/merkle/checkpoint.h"

namespace {

using namespace chuanyu::merkle;  // NOLINT: a program of one function

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto body = ParseCheckpointBody(input); body.ok()) Require(FormatCheckpointBody(*body) == input);
  // No input holds a signature by these over such a checkpoint. One for each kind of signed message.
  static const NoteVerifier verifier(
      {}, {*VerifierKey::Parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
           *VerifierKey::Parse("remora.n621.de+da77ade7+BOvN63jn/"
                               "bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")});
  Require(!OpenCheckpoint(input, "example.com/log", verifier).ok());
  return 0;
}
