#include "common/crypto/signer.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/base/status_macros.h"
#include "common/crypto/evp.h"
#include "common/crypto/seal.h"
#include "common/crypto/sm2_signing.h"
#include "common/errors/error.h"

namespace chuanyu::crypto {
namespace {

using internal::Bytes;
using internal::kSm2UserId;
using internal::OpenSslError;
using internal::Sm2Signing;
using internal::UniqueBio;
using internal::UniqueMdCtx;
using internal::UniquePkey;
using internal::UniquePkeyCtx;

constexpr size_t kEd25519KeyBytes = 32;
// Private key files are a few hundred bytes; anything longer is not one.
constexpr size_t kMaxPemBytes = 16384;

using SharedPkey = std::shared_ptr<EVP_PKEY>;

SharedPkey Share(UniquePkey key) { return {key.release(), EVP_PKEY_free}; }

using DigestInit = int (*)(EVP_MD_CTX*, EVP_PKEY_CTX**, const char*, OSSL_LIB_CTX*, const char*, EVP_PKEY*,
                           const OSSL_PARAM*);

// A context ready to sign or verify with `key`, the SM2 user id set before anything is hashed.
UniqueMdCtx InitContext(DigestInit init, KeyAlg alg, EVP_PKEY* key) {
  UniqueMdCtx ctx(EVP_MD_CTX_new());
  if (ctx == nullptr) return nullptr;
  const bool sm2 = alg == KeyAlg::kSm2;
  EVP_PKEY_CTX* key_context = nullptr;  // belongs to ctx
  if (init(ctx.get(), &key_context, sm2 ? "SM3" : nullptr, nullptr, nullptr, key, nullptr) != 1)
    return nullptr;
  // Not as a parameter of init: releases of OpenSSL 3.0 up to 3.0.19 refuse it there.
  if (sm2 && EVP_PKEY_CTX_set1_id(key_context, kSm2UserId.data(), static_cast<int>(kSm2UserId.size())) != 1) {
    return nullptr;
  }
  return ctx;
}

absl::StatusOr<std::string> PublicBytes(KeyAlg alg, EVP_PKEY* key) {
  if (alg == KeyAlg::kEd25519) {
    std::string raw(kEd25519KeyBytes, '\0');
    size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(key, Bytes(raw.data()), &size) != 1)
      return OpenSslError("Ed25519 public key");
    return raw;
  }
  const int size = i2d_PUBKEY(key, nullptr);
  if (size <= 0) return OpenSslError("SM2 public key");
  std::string der(static_cast<size_t>(size), '\0');
  unsigned char* out = Bytes(der.data());
  if (i2d_PUBKEY(key, &out) != size) return OpenSslError("SM2 public key");
  return der;
}

class EvpVerifier final : public Verifier {
 public:
  EvpVerifier(KeyAlg alg, SharedPkey key, std::string public_bytes)
      : alg_(alg), key_(std::move(key)), public_bytes_(std::move(public_bytes)) {}

  KeyAlg alg() const override { return alg_; }
  const std::string& public_bytes() const override { return public_bytes_; }

  absl::Status Verify(std::string_view message, std::string_view signature) const override {
    const UniqueMdCtx ctx = InitContext(EVP_DigestVerifyInit_ex, alg_, key_.get());
    if (ctx == nullptr) return OpenSslError("signature verification");
    if (EVP_DigestVerify(ctx.get(), Bytes(signature), signature.size(), Bytes(message), message.size()) ==
        1) {
      return absl::OkStatus();
    }
    ERR_clear_error();
    return MakeError(Reason::SIG_INVALID, {.detail = alg_ == KeyAlg::kSm2 ? "SM2" : "Ed25519"});
  }

 private:
  const KeyAlg alg_;
  const SharedPkey key_;
  const std::string public_bytes_;
};

class EvpSigner final : public Signer {
 public:
  // `sm2` only for a key of that kind.
  EvpSigner(KeyAlg alg, SharedPkey key, std::string public_bytes, std::unique_ptr<Sm2Signing> sm2)
      : alg_(alg), key_(std::move(key)), public_bytes_(std::move(public_bytes)), sm2_(std::move(sm2)) {}

  KeyAlg alg() const override { return alg_; }
  EVP_PKEY* key() const { return key_.get(); }

  absl::StatusOr<std::string> Sign(std::string_view message) const override {
    if (sm2_ != nullptr) return sm2_->Sign(message);
    const UniqueMdCtx ctx = InitContext(EVP_DigestSignInit_ex, alg_, key_.get());
    if (ctx == nullptr) return OpenSslError("signing");
    std::string signature(static_cast<size_t>(EVP_PKEY_get_size(key_.get())), '\0');
    size_t size = signature.size();
    if (EVP_DigestSign(ctx.get(), Bytes(signature.data()), &size, Bytes(message), message.size()) != 1) {
      return OpenSslError("signing");
    }
    signature.resize(size);
    return signature;
  }

  std::unique_ptr<Verifier> verifier() const override {
    return std::make_unique<EvpVerifier>(alg_, key_, public_bytes_);
  }

 private:
  const KeyAlg alg_;
  const SharedPkey key_;
  const std::string public_bytes_;
  const std::unique_ptr<Sm2Signing> sm2_;
};

absl::StatusOr<KeyAlg> AlgOf(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyAlg::kEd25519;
  if (EVP_PKEY_is_a(key, "SM2") == 1) return KeyAlg::kSm2;
  return MakeError(Reason::CONFIG_INVALID, {.detail = "a key is neither Ed25519 nor SM2"});
}

absl::StatusOr<std::unique_ptr<Signer>> MakeSigner(UniquePkey key) {
  CHUANYU_ASSIGN_OR_RETURN(const KeyAlg alg, AlgOf(key.get()));
  CHUANYU_ASSIGN_OR_RETURN(std::string public_bytes, PublicBytes(alg, key.get()));
  std::unique_ptr<Sm2Signing> sm2;
  if (alg == KeyAlg::kSm2) {
    CHUANYU_ASSIGN_OR_RETURN(sm2, Sm2Signing::Create(key.get()));
  }
  return std::make_unique<EvpSigner>(alg, Share(std::move(key)), std::move(public_bytes), std::move(sm2));
}

class FileCloser {
 public:
  explicit FileCloser(int fd) : fd_(fd) {}
  ~FileCloser() { close(fd_); }
  FileCloser(const FileCloser&) = delete;
  FileCloser& operator=(const FileCloser&) = delete;

 private:
  const int fd_;
};

// The mode is checked on the open file, so that it cannot be exchanged between the look and the read.
absl::StatusOr<std::string> ReadPrivateFile(const std::string& path) {
  const auto bad = [&](std::string_view why) {
    return MakeError(Reason::CONFIG_INVALID,
                     {.detail = "private key file " + path + ": " + std::string(why)});
  };
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return bad("cannot be opened");
  const FileCloser closer(fd);
  struct stat info = {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return bad("is not a regular file");
  if ((info.st_mode & 07177) != 0) return bad("has a mode wider than 0600");
  std::string pem(kMaxPemBytes, '\0');
  size_t have = 0;
  while (have < pem.size()) {
    const ssize_t got = read(fd, pem.data() + have, pem.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return bad("cannot be read");
    if (got == 0) break;
    have += static_cast<size_t>(got);
  }
  if (have == pem.size()) return bad("is too long for a key");
  pem.resize(have);
  return pem;
}

// OpenSSL would otherwise ask the terminal for a pass phrase and hang a service.
int NoPassPhrase(char*, int, int, void*) { return -1; }

}  // namespace

absl::StatusOr<std::unique_ptr<Signer>> LoadSigner(const std::string& pem_path) {
  CHUANYU_ASSIGN_OR_RETURN(std::string pem, ReadPrivateFile(pem_path));
  const UniqueBio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  UniquePkey key(bio == nullptr ? nullptr
                                : PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassPhrase, nullptr));
  Cleanse(pem);
  if (key == nullptr) {
    ERR_clear_error();
    return MakeError(Reason::CONFIG_INVALID,
                     {.detail = "private key file " + pem_path + ": no unencrypted PEM private key"});
  }
  return MakeSigner(std::move(key));
}

absl::StatusOr<std::unique_ptr<Signer>> GenerateSigner(KeyAlg alg) {
  UniquePkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, alg == KeyAlg::kSm2 ? "SM2" : "ED25519"));
  if (key == nullptr) return OpenSslError("key generation");
  return MakeSigner(std::move(key));
}

absl::StatusOr<std::string> PrivateKeyPem(const Signer& signer) {
  const auto* evp = dynamic_cast<const EvpSigner*>(&signer);
  if (evp == nullptr) return MakeError(Reason::INTERNAL, {.detail = "a signer that keeps its key elsewhere"});
  // Memory of this BIO is overwritten when freed.
  const UniqueBio bio(BIO_new(BIO_s_secmem()));
  if (bio == nullptr ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), evp->key(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return OpenSslError("writing a private key");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

absl::StatusOr<std::unique_ptr<Verifier>> MakeVerifier(KeyAlg alg, std::string_view bytes) {
  const auto bad = [](std::string_view why) {
    ERR_clear_error();
    return MakeError(Reason::CONFIG_INVALID, {.detail = "public key: " + std::string(why)});
  };
  UniquePkey key;
  if (alg == KeyAlg::kEd25519) {
    if (bytes.size() != kEd25519KeyBytes) return bad("an Ed25519 key is 32 bytes");
    key.reset(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, Bytes(bytes), bytes.size()));
  } else {
    const unsigned char* in = Bytes(bytes);
    key.reset(d2i_PUBKEY(nullptr, &in, static_cast<long>(bytes.size())));
  }
  if (key == nullptr) return bad("not readable");
  const absl::StatusOr<KeyAlg> found = AlgOf(key.get());
  if (!found.ok() || *found != alg) return bad("of another algorithm");
  const UniquePkeyCtx ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (alg == KeyAlg::kSm2 && (ctx == nullptr || EVP_PKEY_public_check(ctx.get()) != 1))
    return bad("not a point");
  // Key ids are hashes of these bytes, so one key must not have two encodings.
  CHUANYU_ASSIGN_OR_RETURN(std::string canonical, PublicBytes(alg, key.get()));
  if (canonical != bytes) return bad("not in its one canonical encoding");
  return std::make_unique<EvpVerifier>(alg, Share(std::move(key)), std::move(canonical));
}

}  // namespace chuanyu::crypto
