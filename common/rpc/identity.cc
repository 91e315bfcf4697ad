#include "common/rpc/identity.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/errors/error.h"
#include "common/rpc/identity_cache.h"
#include "grpc/grpc_security_constants.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/server_context.h"

namespace chuanyu::rpc {
namespace {

struct Free {
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(GENERAL_NAMES* p) const { GENERAL_NAMES_free(p); }
};

constexpr CallerRole kRoles[] = {CallerRole::kSystem, CallerRole::kOperator, CallerRole::kAuditor,
                                 CallerRole::kSecurity, CallerRole::kNode};

absl::Status Unknown(std::string_view what) {
  return MakeError(Reason::CALLER_UNKNOWN, {.detail = std::string(what)});
}

bool Consume(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string_view Text(const ASN1_STRING* value) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<size_t>(ASN1_STRING_length(value))};
}

std::vector<std::string> UriNames(const X509* cert) {
  std::vector<std::string> uris;
  const std::unique_ptr<GENERAL_NAMES, Free> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(cert, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) uris.emplace_back(Text(name->d.uniformResourceIdentifier));
  }
  return uris;
}

std::optional<CallerRole> RoleOf(const X509* cert) {
  std::vector<std::string> roles;
  const X509_NAME* subject = X509_get_subject_name(cert);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_organizationalUnitName, at)) >= 0;) {
    std::string_view unit = Text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (Consume(unit, "role:")) roles.emplace_back(unit);
  }
  if (roles.size() != 1) return std::nullopt;
  for (const CallerRole role : kRoles) {
    if (CallerRoleName(role) == roles.front()) return role;
  }
  return std::nullopt;
}

bool IsName(std::string_view part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '_' || c == '-';
  });
}

constexpr size_t kRegionDigits = 6;

bool IsTrustDomain(std::string_view domain) {
  return domain.size() > kRegionDigits && domain.substr(kRegionDigits) == ".chuanyu" &&
         std::all_of(domain.begin(), domain.begin() + kRegionDigits, absl::ascii_isdigit);
}

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

}  // namespace

std::string_view CallerRoleName(CallerRole role) {
  switch (role) {
    case CallerRole::kSystem:
      return "system";
    case CallerRole::kOperator:
      return "operator";
    case CallerRole::kAuditor:
      return "auditor";
    case CallerRole::kSecurity:
      return "security";
    case CallerRole::kNode:
      return "node";
  }
  return "";
}

std::string CallerIdentity::Spiffe() const { return "spiffe://" + region + ".chuanyu/" + org + "/" + system; }

absl::StatusOr<CallerIdentity> ParseSpiffe(std::string_view uri) {
  if (!Consume(uri, "spiffe://")) return Unknown("not a SPIFFE name");
  const std::vector<std::string> parts = absl::StrSplit(std::string(uri), '/');
  if (parts.size() != 3) return Unknown("SPIFFE name is not <region>.chuanyu/<org>/<system>");
  if (!IsTrustDomain(parts[0])) return Unknown("trust domain is not <6 digits>.chuanyu");
  if (!IsName(parts[1]) || !IsName(parts[2])) return Unknown("organisation or system name is malformed");
  CallerIdentity identity;
  identity.region = parts[0].substr(0, kRegionDigits);
  identity.org = parts[1];
  identity.system = parts[2];
  return identity;
}

absl::StatusOr<CallerIdentity> ParseIdentity(std::string_view pem) {
  const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const std::unique_ptr<X509, Free> cert(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!cert) return Unknown("certificate cannot be parsed");
  const std::vector<std::string> uris = UriNames(cert.get());
  if (uris.size() != 1) return Unknown("certificate does not have exactly one URI name");
  CHUANYU_ASSIGN_OR_RETURN(CallerIdentity identity, ParseSpiffe(uris.front()));
  const std::optional<CallerRole> role = RoleOf(cert.get());
  if (!role) return Unknown("certificate does not have exactly one known role");
  identity.role = *role;
  identity.not_after = ToTime(X509_get0_notAfter(cert.get()));
  return identity;
}

absl::StatusOr<CallerIdentity> IdentifyCaller(const grpc::ServerContextBase& context) {
  // One cache for the process: what it holds is a pure function of the certificate.
  static IdentityCache& cache = *new IdentityCache(/*capacity=*/1024);
  const std::shared_ptr<const grpc::AuthContext> auth = context.auth_context();
  if (!auth || !auth->IsPeerAuthenticated()) return Unknown("no client certificate");
  const std::vector<grpc::string_ref> pem = auth->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (pem.size() != 1) return Unknown("no client certificate");
  return cache.Get(std::string_view(pem[0].data(), pem[0].size()));
}

absl::Status RequireRole(const CallerIdentity& caller, CallerRole role) {
  if (caller.role == role) return absl::OkStatus();
  return MakeError(Reason::ROLE_DENIED);
}

}  // namespace chuanyu::rpc
