// Looking up a document number without storing it: HMAC-SM3 under a key of its own (domain page §3.5).
//
// A plain SM3 of an ID number is reversible by trying all of them; an index is not, without the key. An index
// is still personal information: only its prefix goes into logs. The key for matching between the two nodes
// is not the key a node stores under. Immutable after construction; thread-safe.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "common/crypto/hash.h"

namespace chuanyu::crypto {

// The 32-byte index of one document. Made by BlindIndexer, or read back from a store with FromBytes.
class BlindIndex {
 public:
  // BAD_REQUEST unless `bytes` are 32.
  static absl::StatusOr<BlindIndex> FromBytes(std::string_view bytes);

  std::string_view bytes() const { return View(digest_); }
  // 64 lower-case hex digits: a store key, never a log field.
  std::string ToHex() const { return HexEncode(bytes()); }
  // The first 8 hex digits (32 bits): enough to follow one person through a log, not to name one.
  std::string prefix() const { return HexEncode(bytes().substr(0, 4)); }

  friend auto operator<=>(const BlindIndex&, const BlindIndex&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const BlindIndex& index) {
    return H::combine_contiguous(std::move(state), index.digest_.data(), index.digest_.size());
  }

 private:
  friend class BlindIndexer;
  explicit BlindIndex(const Digest& digest) : digest_(digest) {}
  Digest digest_;
};

// What is indexed. `type` is the number of chuanyu.type.v1.DocType; `number` is canonical (15-digit numbers
// already raised to 18, X in upper case), or the same person gets two indexes.
struct DocumentKey {
  uint8_t type = 0;
  std::string_view number;
};

class BlindIndexer {
 public:
  // `key` is at least 32 bytes, or CONFIG_INVALID.
  static absl::StatusOr<std::unique_ptr<BlindIndexer>> Create(std::string_view key);
  ~BlindIndexer();
  BlindIndexer(const BlindIndexer&) = delete;
  BlindIndexer& operator=(const BlindIndexer&) = delete;

  // HMAC-SM3(key, type as one byte ‖ number).
  BlindIndex Index(const DocumentKey& document) const;

 private:
  struct KeyedMac;
  explicit BlindIndexer(std::unique_ptr<KeyedMac> mac);
  std::unique_ptr<KeyedMac> mac_;
};

}  // namespace chuanyu::crypto
