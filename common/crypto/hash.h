// SM3 (GB/T 32905-2016) and SHA-256 over bytes, and HMAC over either, through OpenSSL EVP. Pure functions;
// thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace chuanyu::crypto {

enum class HashAlg { kSha256, kSm3 };

using Digest = std::array<uint8_t, 32>;

// The hash of the concatenation of `parts`, without copying them together.
Digest Hash(HashAlg alg, std::initializer_list<std::string_view> parts);
Digest Hmac(HashAlg alg, std::string_view key, std::initializer_list<std::string_view> parts);

inline std::string_view View(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
// nullopt-free: `bytes` must be 32 long; the caller has checked.
Digest DigestFrom(std::string_view bytes);

std::string HexEncode(std::string_view bytes);  // lower case

// Equal content in time that does not depend on where they differ.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

}  // namespace chuanyu::crypto
