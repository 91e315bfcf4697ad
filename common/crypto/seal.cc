#include "common/crypto/seal.h"

#include <openssl/crypto.h>
#include <sys/random.h>

#include <cerrno>
#include <limits>
#include <utility>

#include "common/base/status_macros.h"
#include "common/crypto/evp.h"
#include "common/errors/error.h"

namespace chuanyu::crypto {
namespace {

using internal::Bytes;

constexpr size_t kSuiteBytes = 1;
constexpr size_t kSm4KeyBytes = 16;
constexpr size_t kSm4IvBytes = 16;
constexpr size_t kSm4TagBytes = 32;
constexpr size_t kAesKeyBytes = 32;
constexpr size_t kGcmIvBytes = 12;
constexpr size_t kGcmTagBytes = 16;
// EVP counts in int.
constexpr size_t kMaxBytes = std::numeric_limits<int>::max() / 2;

// One answer for every cause: telling them apart would help whoever is guessing.
absl::Status Changed() {
  return MakeError(Reason::SIG_INVALID, {.detail = "sealed bytes, key id or associated data do not match"});
}

absl::Status TooLong() {
  return MakeError(Reason::PAYLOAD_TOO_LARGE, {.detail = "longer than one seal may be"});
}

std::string BigEndian64(uint64_t value) {
  std::string out(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8) out[i] = static_cast<char>(value & 0xff);
  return out;
}

// Length first, so that bytes cannot move between the key id, the associated data and the ciphertext.
std::string Framed(std::string_view key_id, std::string_view associated_data) {
  std::string framed = BigEndian64(key_id.size());
  framed.append(key_id).append(BigEndian64(associated_data.size())).append(associated_data);
  return framed;
}

// Holds a key and overwrites it on destruction.
class SecretKey {
 public:
  explicit SecretKey(std::string_view bytes) : bytes_(bytes) {}
  ~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;
  const unsigned char* data() const { return Bytes(bytes_); }

 private:
  std::string bytes_;
};

// suite ‖ IV (16) ‖ ciphertext ‖ HMAC-SM3 over all before it and the framed context.
class Sm4Sealer final : public Sealer {
 public:
  Sm4Sealer(std::string_view key, std::string_view key_id)
      : cipher_key_(key.substr(0, kSm4KeyBytes)),
        mac_(internal::NewHmac(HashAlg::kSm3, key.substr(kSm4KeyBytes))),
        key_id_(key_id) {}

  absl::StatusOr<std::string> Seal(std::string_view plaintext,
                                   std::string_view associated_data) const override {
    if (plaintext.size() > kMaxBytes) return TooLong();
    CHUANYU_ASSIGN_OR_RETURN(const std::string iv, RandomBytes(kSm4IvBytes));
    std::string sealed;
    sealed.reserve(kSuiteBytes + kSm4IvBytes + plaintext.size() + kSm4TagBytes);
    sealed.push_back(static_cast<char>(SealSuite::kSm4CtrHmacSm3));
    sealed.append(iv);
    sealed.resize(sealed.size() + plaintext.size());
    CHUANYU_RETURN_IF_ERROR(Crypt(iv, plaintext, sealed.data() + kSuiteBytes + kSm4IvBytes));
    CHUANYU_ASSIGN_OR_RETURN(const Digest tag, Tag(sealed, associated_data));
    sealed.append(View(tag));
    return sealed;
  }

  absl::StatusOr<std::string> Open(std::string_view sealed, std::string_view associated_data) const override {
    if (sealed.size() < kSuiteBytes + kSm4IvBytes + kSm4TagBytes || sealed.size() > kMaxBytes)
      return Changed();
    if (sealed[0] != static_cast<char>(SealSuite::kSm4CtrHmacSm3)) return Changed();
    const std::string_view body = sealed.substr(0, sealed.size() - kSm4TagBytes);
    CHUANYU_ASSIGN_OR_RETURN(const Digest tag, Tag(body, associated_data));
    if (!ConstantTimeEqual(View(tag), sealed.substr(body.size()))) return Changed();
    const std::string_view ciphertext = body.substr(kSuiteBytes + kSm4IvBytes);
    std::string plaintext(ciphertext.size(), '\0');
    CHUANYU_RETURN_IF_ERROR(Crypt(body.substr(kSuiteBytes, kSm4IvBytes), ciphertext, plaintext.data()));
    return plaintext;
  }

 private:
  // Counter mode: the same operation both ways.
  absl::Status Crypt(std::string_view iv, std::string_view in, char* out) const {
    // A context of its own for each call, freed at once: the key schedule of an erased data key must not stay
    // behind in a thread.
    const internal::UniqueCipherCtx ctx(EVP_CIPHER_CTX_new());
    int written = 0;
    if (ctx == nullptr ||
        EVP_EncryptInit_ex2(ctx.get(), internal::FetchedSm4Ctr(), cipher_key_.data(), Bytes(iv), nullptr) !=
            1 ||
        EVP_EncryptUpdate(ctx.get(), Bytes(out), &written, Bytes(in), static_cast<int>(in.size())) != 1) {
      return internal::OpenSslError("SM4-CTR");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Digest> Tag(std::string_view body, std::string_view associated_data) const {
    const internal::UniqueMacCtx ctx(EVP_MAC_CTX_dup(mac_.get()));
    const std::string context = Framed(key_id_, associated_data);
    Digest tag;
    size_t size = 0;
    if (ctx == nullptr || EVP_MAC_update(ctx.get(), Bytes(context), context.size()) != 1 ||
        EVP_MAC_update(ctx.get(), Bytes(body), body.size()) != 1 ||
        EVP_MAC_final(ctx.get(), tag.data(), &size, tag.size()) != 1 || size != tag.size()) {
      return internal::OpenSslError("HMAC-SM3");
    }
    return tag;
  }

  const SecretKey cipher_key_;
  const internal::UniqueMacCtx mac_;
  const std::string key_id_;
};

// suite ‖ IV (12) ‖ ciphertext ‖ tag (16). Random 96-bit IVs: a key is good for 2^32 seals, and data keys
// change every day.
class AesSealer final : public Sealer {
 public:
  AesSealer(std::string_view key, std::string_view key_id)
      : key_(key.substr(0, kAesKeyBytes)), key_id_(key_id) {}

  absl::StatusOr<std::string> Seal(std::string_view plaintext,
                                   std::string_view associated_data) const override {
    if (plaintext.size() > kMaxBytes || associated_data.size() > kMaxBytes) return TooLong();
    CHUANYU_ASSIGN_OR_RETURN(const std::string iv, RandomBytes(kGcmIvBytes));
    const std::string context = Framed(key_id_, associated_data);
    std::string sealed;
    sealed.push_back(static_cast<char>(SealSuite::kAes256Gcm));
    sealed.append(iv);
    sealed.resize(kSuiteBytes + kGcmIvBytes + plaintext.size() + kGcmTagBytes);
    char* out = sealed.data() + kSuiteBytes + kGcmIvBytes;
    const internal::UniqueCipherCtx ctx(EVP_CIPHER_CTX_new());
    int written = 0;
    if (ctx == nullptr ||
        EVP_EncryptInit_ex2(ctx.get(), internal::FetchedAes256Gcm(), key_.data(), Bytes(iv), nullptr) != 1 ||
        EVP_EncryptUpdate(ctx.get(), nullptr, &written, Bytes(context), static_cast<int>(context.size())) !=
            1 ||
        EVP_EncryptUpdate(ctx.get(), Bytes(out), &written, Bytes(plaintext),
                          static_cast<int>(plaintext.size())) != 1 ||
        EVP_EncryptFinal_ex(ctx.get(), Bytes(out) + plaintext.size(), &written) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_GET_TAG, kGcmTagBytes, out + plaintext.size()) != 1) {
      return internal::OpenSslError("AES-256-GCM");
    }
    return sealed;
  }

  absl::StatusOr<std::string> Open(std::string_view sealed, std::string_view associated_data) const override {
    if (sealed.size() < kSuiteBytes + kGcmIvBytes + kGcmTagBytes || sealed.size() > kMaxBytes)
      return Changed();
    if (associated_data.size() > kMaxBytes) return TooLong();
    if (sealed[0] != static_cast<char>(SealSuite::kAes256Gcm)) return Changed();
    const std::string_view iv = sealed.substr(kSuiteBytes, kGcmIvBytes);
    std::string tag(sealed.substr(sealed.size() - kGcmTagBytes));
    sealed.remove_prefix(kSuiteBytes + kGcmIvBytes);
    sealed.remove_suffix(kGcmTagBytes);
    const std::string context = Framed(key_id_, associated_data);
    std::string plaintext(sealed.size(), '\0');
    const internal::UniqueCipherCtx ctx(EVP_CIPHER_CTX_new());
    int written = 0;
    if (ctx == nullptr ||
        EVP_DecryptInit_ex2(ctx.get(), internal::FetchedAes256Gcm(), key_.data(), Bytes(iv), nullptr) != 1 ||
        EVP_DecryptUpdate(ctx.get(), nullptr, &written, Bytes(context), static_cast<int>(context.size())) !=
            1 ||
        EVP_DecryptUpdate(ctx.get(), Bytes(plaintext.data()), &written, Bytes(sealed),
                          static_cast<int>(sealed.size())) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_SET_TAG, kGcmTagBytes, tag.data()) != 1) {
      return internal::OpenSslError("AES-256-GCM");
    }
    if (EVP_DecryptFinal_ex(ctx.get(), Bytes(plaintext.data()) + plaintext.size(), &written) != 1) {
      OPENSSL_cleanse(plaintext.data(), plaintext.size());
      return Changed();
    }
    return plaintext;
  }

 private:
  const SecretKey key_;
  const std::string key_id_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Sealer>> Sealer::Create(SealSuite suite, std::string_view key,
                                                       std::string_view key_id) {
  if (key.size() != kSealKeyBytes) {
    return MakeError(Reason::CONFIG_INVALID, {.detail = "a seal key is 48 bytes"});
  }
  switch (suite) {
    case SealSuite::kSm4CtrHmacSm3:
      return std::make_unique<Sm4Sealer>(key, key_id);
    case SealSuite::kAes256Gcm:
      return std::make_unique<AesSealer>(key, key_id);
  }
  return MakeError(Reason::CONFIG_INVALID, {.detail = "unknown seal suite"});
}

absl::StatusOr<std::string> RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  for (size_t have = 0; have < count;) {
    const ssize_t got = getrandom(bytes.data() + have, count - have, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return MakeError(Reason::INTERNAL, {.detail = "getrandom failed"});
    have += static_cast<size_t>(got);
  }
  return bytes;
}

void Cleanse(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace chuanyu::crypto
