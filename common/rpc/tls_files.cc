#include "common/rpc/tls_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/base/call_once.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"

namespace chuanyu::rpc {
namespace {

struct Free {
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(NAME_CONSTRAINTS* p) const { NAME_CONSTRAINTS_free(p); }
};
using BioPtr = std::unique_ptr<BIO, Free>;
using CertPtr = std::unique_ptr<X509, Free>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;
using ConstraintsPtr = std::unique_ptr<NAME_CONSTRAINTS, Free>;

absl::Status Invalid(const std::string& path, std::string_view what) {
  ERR_clear_error();
  return MakeError(Reason::CONFIG_INVALID, {.detail = path + ": " + std::string(what)});
}

absl::StatusOr<BioPtr> OpenFile(const std::string& path) {
  BioPtr bio(BIO_new_file(path.c_str(), "r"));
  if (!bio) return Invalid(path, "cannot be read");
  return bio;
}

absl::StatusOr<std::vector<CertPtr>> ReadCertificates(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(BioPtr bio, OpenFile(path));
  std::vector<CertPtr> certs;
  while (X509* cert = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) certs.emplace_back(cert);
  const bool clean_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (certs.empty() || !clean_end) return Invalid(path, "is not a PEM file of certificates");
  return certs;
}

bool ConfinedToOneTrustDomain(const X509* cert) {
  int critical = 0;
  const ConstraintsPtr constraints(
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(cert, NID_name_constraints, &critical, nullptr)));
  if (!constraints) return false;
  int uris = 0;
  bool exact = true;
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_SUBTREE_value(constraints->permittedSubtrees, i)->base;
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* host = name->d.uniformResourceIdentifier;
    ++uris;
    // An empty base or one that starts with a dot covers many hosts.
    exact = exact && ASN1_STRING_length(host) > 0 && ASN1_STRING_get0_data(host)[0] != '.';
  }
  return uris == 1 && exact;
}

absl::Status CheckRoots(const std::string& path) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<CertPtr> roots, ReadCertificates(path));
  if (roots.size() == 1) return absl::OkStatus();
  for (const CertPtr& root : roots) {
    if (!ConfinedToOneTrustDomain(root.get())) {
      return Invalid(path, "holds several roots, and one is not confined to one trust domain");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTlsFiles(const TlsFiles& files) {
  CHUANYU_ASSIGN_OR_RETURN(const std::vector<CertPtr> chain, ReadCertificates(files.certificate));
  struct stat info {};
  if (stat(files.key.c_str(), &info) != 0) return Invalid(files.key, "cannot be read");
  if ((info.st_mode & S_IRWXO) != 0) return Invalid(files.key, "is open to every user of this machine");
  CHUANYU_ASSIGN_OR_RETURN(const BioPtr bio, OpenFile(files.key));
  // The empty passphrase keeps OpenSSL from asking for one at the terminal.
  std::string passphrase;
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, passphrase.data()));
  if (!key) return Invalid(files.key, "is not an unencrypted PEM private key");
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    return Invalid(files.key, "is not the key of the certificate");
  }
  return CheckRoots(files.ca);
}

void RequireTls13() {
  // gRPC 1.51 has no public setting for the lowest TLS version and always starts at 1.2. Its list of suites
  // concerns TLS 1.2 only (those of 1.3 are set apart by OpenSSL), so a list of one pre-shared-key suite,
  // which can never be chosen because no such key exists, leaves 1.3 alone. gRPC reads it once, at first use.
  static absl::once_flag once;
  absl::call_once(once, [] { setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES128-GCM-SHA256", 1); });
}

}  // namespace chuanyu::rpc
