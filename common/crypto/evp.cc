#include "common/crypto/evp.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "common/errors/error.h"

namespace chuanyu::crypto::internal {
namespace {

const char* MdName(HashAlg alg) { return alg == HashAlg::kSm3 ? "SM3" : "SHA256"; }

const EVP_MD* FetchMd(const char* name) {
  const EVP_MD* md = EVP_MD_fetch(nullptr, name, nullptr);
  Require(md != nullptr, name);
  return md;
}

const EVP_CIPHER* FetchCipher(const char* name) {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  Require(cipher != nullptr, name);
  return cipher;
}

EVP_MAC* FetchedHmac() {
  static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  Require(hmac != nullptr, "HMAC");
  return hmac;
}

}  // namespace

void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "chuanyu: OpenSSL cannot provide %s\n", what);
  std::abort();
}

absl::Status OpenSslError(std::string_view what) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return MakeError(Reason::INTERNAL,
                   {.detail = std::string(what) + ": " + (reason == nullptr ? "no reason given" : reason)});
}

const EVP_MD* FetchedMd(HashAlg alg) {
  static const EVP_MD* const sha256 = FetchMd(MdName(HashAlg::kSha256));
  static const EVP_MD* const sm3 = FetchMd(MdName(HashAlg::kSm3));
  return alg == HashAlg::kSm3 ? sm3 : sha256;
}

const EVP_CIPHER* FetchedSm4Ctr() {
  static const EVP_CIPHER* const cipher = FetchCipher("SM4-CTR");
  return cipher;
}

const EVP_CIPHER* FetchedAes256Gcm() {
  static const EVP_CIPHER* const cipher = FetchCipher("AES-256-GCM");
  return cipher;
}

UniqueMacCtx NewHmac(HashAlg alg) {
  UniqueMacCtx ctx(EVP_MAC_CTX_new(FetchedHmac()));
  std::string digest = MdName(alg);
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                               OSSL_PARAM_construct_end()};
  Require(ctx != nullptr && EVP_MAC_CTX_set_params(ctx.get(), params) == 1, "HMAC");
  return ctx;
}

UniqueMacCtx NewHmac(HashAlg alg, std::string_view key) {
  UniqueMacCtx ctx = NewHmac(alg);
  // A null pointer would mean "keep the old key"; an empty key is a key.
  const unsigned char* bytes = key.empty() ? Bytes(std::string_view("")) : Bytes(key);
  Require(EVP_MAC_init(ctx.get(), bytes, key.size(), nullptr) == 1, "HMAC key");
  return ctx;
}

}  // namespace chuanyu::crypto::internal
