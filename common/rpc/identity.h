// Who is calling: read from the client certificate that the TLS handshake has verified, never from the
// request.
//
// The URI SAN "spiffe://<region>.chuanyu/<org>/<system>" says who, the subject's "OU=role:<role>" in which
// role. A certificate has exactly one of each. Source: architecture §6.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace grpc {
class ServerContextBase;
}

namespace chuanyu::rpc {

// No role can do another's work (三权分立). kNode is the other region's exchange node.
enum class CallerRole { kSystem, kOperator, kAuditor, kSecurity, kNode };

std::string_view CallerRoleName(CallerRole role);  // "system", as in the certificate

struct CallerIdentity {
  std::string region;  // 6 digits
  std::string org;     // [a-z0-9._-]+
  std::string system;  // [a-z0-9._-]+
  CallerRole role = CallerRole::kSystem;
  absl::Time not_after;  // the certificate's end; a connection may outlive it

  // "spiffe://500000.chuanyu/exchange/node"
  std::string Spiffe() const;
  bool operator==(const CallerIdentity&) const = default;
};

// The caller of this RPC; CALLER_UNKNOWN when there is no client certificate or it lacks a well-formed
// identity. Certificates already seen are remembered, so a call costs a hash and a lookup. Works for unary,
// streaming and generic callback contexts. Thread-safe.
absl::StatusOr<CallerIdentity> IdentifyCaller(const grpc::ServerContextBase& context);

// The identity in one PEM certificate, whoever signed it. CALLER_UNKNOWN as above.
absl::StatusOr<CallerIdentity> ParseIdentity(std::string_view pem);

// Splits "spiffe://<region>.chuanyu/<org>/<system>" into region, org and system (role and not_after keep
// their defaults); CALLER_UNKNOWN when malformed.
absl::StatusOr<CallerIdentity> ParseSpiffe(std::string_view uri);

// ROLE_DENIED unless `caller` has `role`.
absl::Status RequireRole(const CallerIdentity& caller, CallerRole role);

}  // namespace chuanyu::rpc
