#include "common/crypto/hash.h"

#include <openssl/crypto.h>

#include <cstring>

#include "absl/strings/escaping.h"
#include "common/crypto/evp.h"

namespace chuanyu::crypto {
namespace {

using internal::Bytes;
using internal::Require;

// One context a thread and algorithm: the journal hashes tens of thousands of records a second, and making
// the context costs as much as hashing a small one.
EVP_MD_CTX* ThreadContext(HashAlg alg) {
  thread_local const internal::UniqueMdCtx sha256(EVP_MD_CTX_new());
  thread_local const internal::UniqueMdCtx sm3(EVP_MD_CTX_new());
  return alg == HashAlg::kSm3 ? sm3.get() : sha256.get();
}

EVP_MAC_CTX* ThreadHmac(HashAlg alg) {
  thread_local const internal::UniqueMacCtx sha256 = internal::NewHmac(HashAlg::kSha256);
  thread_local const internal::UniqueMacCtx sm3 = internal::NewHmac(HashAlg::kSm3);
  return alg == HashAlg::kSm3 ? sm3.get() : sha256.get();
}

}  // namespace

Digest Hash(HashAlg alg, std::initializer_list<std::string_view> parts) {
  EVP_MD_CTX* ctx = ThreadContext(alg);
  bool ok = ctx != nullptr && EVP_DigestInit_ex2(ctx, internal::FetchedMd(alg), nullptr) == 1;
  for (const std::string_view part : parts) {
    ok = ok && EVP_DigestUpdate(ctx, part.data(), part.size()) == 1;
  }
  Digest digest;
  ok = ok && EVP_DigestFinal_ex(ctx, digest.data(), nullptr) == 1;
  Require(ok, "a digest");
  return digest;
}

Digest Hmac(HashAlg alg, std::string_view key, std::initializer_list<std::string_view> parts) {
  EVP_MAC_CTX* ctx = ThreadHmac(alg);
  // A null pointer would mean "keep the key of the call before"; an empty key is a key.
  const std::string_view given = key.empty() ? std::string_view("") : key;
  bool ok = EVP_MAC_init(ctx, Bytes(given), given.size(), nullptr) == 1;
  for (const std::string_view part : parts) {
    ok = ok && EVP_MAC_update(ctx, Bytes(part), part.size()) == 1;
  }
  Digest digest;
  size_t size = 0;
  ok = ok && EVP_MAC_final(ctx, digest.data(), &size, digest.size()) == 1 && size == digest.size();
  Require(ok, "an HMAC");
  return digest;
}

Digest DigestFrom(std::string_view bytes) {
  Digest digest;
  Require(bytes.size() == digest.size(), "a digest from bytes that are not 32 long");
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return digest;
}

std::string HexEncode(std::string_view bytes) {
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace chuanyu::crypto
