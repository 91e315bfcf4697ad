// Owners of OpenSSL objects and the few algorithm handles that are fetched once for the whole process.
// Private to common/crypto: nothing outside sees an OpenSSL type.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "common/crypto/hash.h"

namespace chuanyu::crypto::internal {

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using UniquePkey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using UniquePkeyCtx = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using UniqueMdCtx = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using UniqueMacCtx = std::unique_ptr<EVP_MAC_CTX, Freer<EVP_MAC_CTX_free>>;
using UniqueCipherCtx = std::unique_ptr<EVP_CIPHER_CTX, Freer<EVP_CIPHER_CTX_free>>;
using UniqueBio = std::unique_ptr<BIO, Freer<BIO_free_all>>;

// Ends the process when `ok` is false. For what cannot fail on a sound installation, such as finding SM3 in
// the default provider: a node without its hash must not go on.
void Require(bool ok, const char* what);

// Empties OpenSSL's error queue of this thread, so that a failure here is not mistaken for one of a later TLS
// call, and returns INTERNAL naming `what` and OpenSSL's reason.
absl::Status OpenSslError(std::string_view what);

// Fetched at first use and kept until the process ends: EVP_MD_fetch takes a lock and a look-up each time.
const EVP_MD* FetchedMd(HashAlg alg);
const EVP_CIPHER* FetchedSm4Ctr();
const EVP_CIPHER* FetchedAes256Gcm();

// An HMAC context without a key. The digest is already chosen, so EVP_MAC_init with a key fetches nothing.
UniqueMacCtx NewHmac(HashAlg alg);
// The same, keyed: duplicate it for each message (EVP_MAC_CTX_dup reads it only, so threads may share it).
UniqueMacCtx NewHmac(HashAlg alg, std::string_view key);

inline const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* Bytes(char* data) { return reinterpret_cast<unsigned char*>(data); }

}  // namespace chuanyu::crypto::internal
