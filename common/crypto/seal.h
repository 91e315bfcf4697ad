// Authenticated encryption of stored payloads.
//
// Default suite: SM4-CTR, then HMAC-SM3 over IV, key id, associated data and ciphertext, under separate keys
// (OpenSSL 3.0 has no SM4-GCM). AES-256-GCM by configuration. The suite travels in the first byte.
// Thread-safe: immutable after construction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace chuanyu::crypto {

enum class SealSuite : uint8_t { kSm4CtrHmacSm3 = 1, kAes256Gcm = 2 };

// 48 bytes: for SM4, 16 encrypt and 32 authenticate; for AES, the first 32 encrypt.
inline constexpr size_t kSealKeyBytes = 48;

class Sealer {
 public:
  // `key` is kSealKeyBytes long; `key_id` is bound into every seal.
  static absl::StatusOr<std::unique_ptr<Sealer>> Create(SealSuite suite, std::string_view key,
                                                        std::string_view key_id);
  virtual ~Sealer() = default;
  // A fresh random IV every call.
  virtual absl::StatusOr<std::string> Seal(std::string_view plaintext,
                                           std::string_view associated_data) const = 0;
  // SIG_INVALID when anything was changed: IV, key id, associated data, ciphertext or tag.
  virtual absl::StatusOr<std::string> Open(std::string_view sealed,
                                           std::string_view associated_data) const = 0;
};

// Random bytes from the operating system's generator.
absl::StatusOr<std::string> RandomBytes(size_t count);

// Overwrites a key or other secret that is no longer needed, and empties it.
void Cleanse(std::string& secret);

}  // namespace chuanyu::crypto
