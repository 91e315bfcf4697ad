// libFuzzer entry: no input opens as a seal, and whatever is sealed opens again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "common/crypto/seal.h"

namespace {

using chuanyu::crypto::Sealer;
using chuanyu::crypto::SealSuite;

void Require(bool holds) {
  if (!holds) std::abort();
}

// A key of this program alone.
std::unique_ptr<Sealer> Make(SealSuite suite) {
  return *Sealer::Create(suite, std::string(chuanyu::crypto::kSealKeyBytes, 'k'), "fuzz");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::unique_ptr<Sealer> sealers[] = {Make(SealSuite::kSm4CtrHmacSm3),
                                                    Make(SealSuite::kAes256Gcm)};
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const auto& sealer : sealers) {
    Require(!sealer->Open(input, "associated").ok());
    const auto sealed = sealer->Seal(input, "associated");
    Require(sealed.ok());
    const auto opened = sealer->Open(*sealed, "associated");
    Require(opened.ok() && *opened == input);
  }
  return 0;
}
