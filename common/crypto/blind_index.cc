#include "common/crypto/blind_index.h"

#include <utility>

#include "common/crypto/evp.h"
#include "common/errors/error.h"

namespace chuanyu::crypto {

struct BlindIndexer::KeyedMac {
  internal::UniqueMacCtx keyed;
};

absl::StatusOr<BlindIndex> BlindIndex::FromBytes(std::string_view bytes) {
  if (bytes.size() != sizeof(Digest)) {
    return MakeError(Reason::BAD_REQUEST, {.detail = "a blind index is 32 bytes"});
  }
  return BlindIndex(DigestFrom(bytes));
}

BlindIndexer::BlindIndexer(std::unique_ptr<KeyedMac> mac) : mac_(std::move(mac)) {}
BlindIndexer::~BlindIndexer() = default;

absl::StatusOr<std::unique_ptr<BlindIndexer>> BlindIndexer::Create(std::string_view key) {
  if (key.size() < 32) {
    return MakeError(Reason::CONFIG_INVALID, {.detail = "a blind index key has at least 32 bytes"});
  }
  auto mac = std::make_unique<KeyedMac>(KeyedMac{internal::NewHmac(HashAlg::kSm3, key)});
  return std::unique_ptr<BlindIndexer>(new BlindIndexer(std::move(mac)));
}

BlindIndex BlindIndexer::Index(const DocumentKey& document) const {
  const internal::UniqueMacCtx ctx(EVP_MAC_CTX_dup(mac_->keyed.get()));
  Digest digest;
  size_t size = 0;
  internal::Require(
      ctx != nullptr && EVP_MAC_update(ctx.get(), &document.type, 1) == 1 &&
          EVP_MAC_update(ctx.get(), internal::Bytes(document.number), document.number.size()) == 1 &&
          EVP_MAC_final(ctx.get(), digest.data(), &size, digest.size()) == 1 && size == digest.size(),
      "HMAC-SM3");
  return BlindIndex(digest);
}

}  // namespace chuanyu::crypto
